import type { PolicyComplianceFramework } from "@pulumi/policy";

/** The catalogues of controls that rules answer to, in the order in which one stands for a rule. */
export const frameworks = {
  fsbp: {
    name: "AWS Foundational Security Best Practices",
    version: "1.0.0",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html",
  },
  cis5: {
    name: "CIS AWS Foundations Benchmark",
    version: "5.0.0",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html",
  },
  cis3: {
    name: "CIS AWS Foundations Benchmark",
    version: "3.0.0",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html",
  },
  nist: {
    name: "NIST SP 800-53",
    version: "5",
    url: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
  },
  checkov: {
    name: "Checkov",
    version: "3",
    url: "https://www.checkov.io/5.Policy%20Index/terraform.html",
  },
  nag: {
    name: "cdk-nag AwsSolutions",
    version: "2",
    url: "https://github.com/cdklabs/cdk-nag/blob/main/RULES.md",
  },
} as const;

export type Framework = keyof typeof frameworks;

/** Ids of the controls that a rule answers to, by catalogue. */
export type Controls = { readonly [F in Framework]?: readonly string[] };

/** The catalogue and the ids, in the order of {@link frameworks}. */
export const entriesOf = (controls: Controls): [Framework, readonly string[]][] =>
  (Object.keys(frameworks) as Framework[]).flatMap((framework) => {
    const ids = controls[framework];
    return ids ? [[framework, ids]] : [];
  });

/** The SDK has room for one framework; all of the controls are tags. */
export function toFramework(controls: Controls): PolicyComplianceFramework | undefined {
  const [first] = entriesOf(controls);
  if (!first) return undefined;
  const [framework, ids] = first;
  const { name, version, url } = frameworks[framework];
  return { name, version, reference: ids.join(", "), specification: url };
}

/** As `fsbp:S3.8`. */
export const toTags = (controls: Controls): string[] =>
  entriesOf(controls).flatMap(([framework, ids]) => ids.map((id) => `${framework}:${id}`));
