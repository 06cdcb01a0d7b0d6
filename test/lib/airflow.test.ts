import assert from "node:assert/strict";
import {
  airflowVersionWarning,
  atLeast,
  defaultAirflowVersion,
  isAirflowVersion,
  requirementsProblem,
} from "../../components/lib/airflow.ts";

describe("airflow", () => {
  it("warns of versions that AWS withdrew and of those not known here, of no other", () => {
    assert.equal(airflowVersionWarning(defaultAirflowVersion), undefined);
    for (const version of ["1.10.12", "2.0.2", "2.2.2", "2.4.3", "2.5.1", "2.6.3"])
      assert.equal(
        airflowVersionWarning(version),
        `AWS creates no environment of Airflow ${version} any more; one that exists can be kept and upgraded.`,
      );
    assert.match(airflowVersionWarning("3.3.1") ?? "", /not among the versions known here/);
  });

  it("knows what cannot be a version of MWAA", () => {
    for (const version of ["3.0.6", "1.10.12", "2.10.3", "10.0.0"])
      assert.equal(isAirflowVersion(version), true, version);
    for (const version of ["1.10.11", "1.9.30", "0.1.2", "3.0", "v3.0.6", "3.0.6rc1", "latest", ""])
      assert.equal(isAirflowVersion(version), false, version);
  });

  it("compares by number, not by letter", () => {
    assert.equal(atLeast("2.10.1", "2.9.2"), true);
    assert.equal(atLeast("2.9.2", "2.10.1"), false);
    assert.equal(atLeast("3.2.0", "3.2.0"), true);
  });

  describe("requirements.txt", () => {
    const published = (version: string) =>
      `https://raw.githubusercontent.com/apache/airflow/constraints-${version}/constraints-3.12.txt`;
    const local = "/usr/local/airflow/dags/constraints-3.12-updated.txt";
    const accepted: readonly (readonly [what: string, text: string])[] = [
      ["nothing", ""],
      ["comments and blank lines", "# none yet\n\n   # nor here\n"],
      ["the published constraints of the version", `--constraint ${published("3.0.6")}\nx==1\n`],
      ["quotes, as in AWS's guide", `--constraint "${published("3.0.6")}"\nx==1`],
      ["-c", `-c ${published("3.0.6")} # ours\r\nx==1\r\n`],
      ["an equals sign", `--constraint='${published("3.0.6")}'\nx==1`],
      ["a continued line", `--constraint \\\n  ${published("3.0.6")}\nx==1`],
      ["a file of the environment", `--constraint "${local}"\nx==1`],
      ["constraints of somebody else", "-c https://example.org/constraints-2.0.0.txt\nx==1"],
      ["constraints of a mirror", `-c https://example.org/${published("2.10.3")}\nx==1`],
      ["two constraints", `-c ${local}\n-c ${published("3.0.6")}\nx==1`],
    ];
    for (const [what, text] of accepted)
      it(`may have ${what}`, () => {
        assert.equal(requirementsProblem(text, "3.0.6"), undefined);
      });

    for (const [what, text] of [
      ["no constraint", "x==1\n"],
      ["a constraint in a comment", `# --constraint ${published("3.0.6")}\nx==1`],
      ["an option that is none", "--constraints x.txt\nx==1"],
      ["an option of a package", 'x==1 --config-settings "-c fast"'],
      ["other options", "--find-links /usr/local/airflow/plugins\n--no-index\nx==1"],
    ] as const)
      it(`must have a constraint, not ${what}`, () => {
        assert.match(
          requirementsProblem(text, "3.0.6") ?? "",
          /must have a --constraint line .*constraints-3\.0\.6\/constraints-3\.12\.txt"$/,
        );
      });

    for (const [what, text] of [
      ["alone", `-c ${published("2.10.3")}`],
      ["after the right ones", `-c ${published("3.0.6")}\n-c ${published("2.10.3")}\nx==1`],
      ["after a file", `-c ${local}\n-c ${published("2.10.3")}\nx==1`],
      ["in quotes", `--constraint "${published("2.10.3")}"\nx==1`],
      ["after an equals sign", `--constraint='${published("2.10.3")}'\nx==1`],
      ["on a continued line", `--constraint \\\n  ${published("2.10.3")}\nx==1`],
      [
        "by GitHub's other address",
        "-c https://github.com/apache/airflow/raw/constraints-2.10.3/constraints-no-providers-3.11.txt\nx",
      ],
      [
        "by GitHub's page",
        "-c https://github.com/apache/airflow/blob/constraints-2.10.3/constraints-3.12.txt?raw=true\nx",
      ],
    ] as const)
      it(`must not have the published constraints of another version, ${what}`, () => {
        assert.equal(
          requirementsProblem(text, "3.0.6"),
          "requirements.txt has the constraints of Airflow 2.10.3, this is 3.0.6",
        );
      });

    it("is not checked before 2.7.2", () => {
      for (const version of ["2.4.3", "2.7.1"])
        assert.equal(requirementsProblem("x==1", version), undefined, version);
      assert.match(requirementsProblem("x==1", "2.7.2") ?? "", /--constraint/);
    });
  });
});
