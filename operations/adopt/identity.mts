// Who and where the platform of a Terraform state is.
import { refused } from "../lib/errors.mts";
import { nameTag } from "./kinds.mts";
import { type Instance, text } from "./terraform-state.mts";

export interface Identity {
  readonly owner: string;
  readonly project: string;
  readonly environment: string;
  /** What all names begin with. */
  readonly prefix: string;
  readonly region: string;
  readonly accountId: string;
}

const arnPattern = /^arn:[\w-]+:(?<service>[\w-]+):(?<region>[\w-]*):(?<account>\d{12}):/;

/** Of the state's VPC, from which all of the reference's names are told. */
export function identityOf(instances: readonly Instance[]): Identity {
  const vpcs = instances.filter(({ type }) => type === "aws_vpc");
  for (const vpc of vpcs) {
    const tags = (vpc.attributes["tags_all"] ?? {}) as Partial<Record<string, string>>;
    const { Owner: owner = "", Project: project = "", Environment: environment = "" } = tags;
    const prefix = `${owner}-${project}-${environment}`;
    const { region = "", account: accountId = "" } =
      arnPattern.exec(text(vpc, "arn"))?.groups ?? {};
    if (nameTag(vpc) === `${prefix}-main` && region && accountId)
      return { owner, project, environment, prefix, region, accountId };
  }
  throw refused(
    "the state has no VPC whose Name is OWNER-PROJECT-ENVIRONMENT-main, by its tags of these names: it is not one of the configuration that this program replaces, or only a part of one",
  );
}
