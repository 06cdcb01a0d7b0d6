import assert from "node:assert/strict";
import {
  airflowVersionWarning,
  atLeast,
  defaultAirflowVersion,
  isAirflowVersion,
} from "../../components/lib/airflow";

describe("airflow", () => {
  it("warns of versions that AWS withdrew and of those not known here, of no other", () => {
    assert.equal(airflowVersionWarning(defaultAirflowVersion), undefined);
    assert.match(
      airflowVersionWarning("2.6.3") ?? "",
      /no environment of Airflow 2\.6\.3 any more/,
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
});
