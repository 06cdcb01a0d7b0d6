// The Terraform configuration as a literal port to Pulumi would be: the platform with the reference's posture, and
// resource by resource what the configuration has.
import platform from "../../../index.ts";
import { batch, ec2 } from "../../../policy/lib/types.ts";
import { runProgram } from "../../support/mocks.ts";
import { type Fixture, recordedFixtures } from "../support.ts";

/** The configuration names the account of its authors: every other account's jobs ask a foreign one for their secret. */
const secret =
  "arn:aws:secretsmanager:us-west-2:210987654321:secret:airflow/connections/snowflake_raw-0s8MWd";

/** What the program makes beside the configuration's resources: names of its own, and what a script uploads there. */
const ours = ["random:index/randomBytes:RandomBytes", "aws:s3/bucketObjectv2:BucketObjectv2"];

export async function referencePort(): Promise<{ inputs: Fixture[]; outputs: Fixture[] }> {
  const { resources } = await runProgram(platform, {
    stack: "dev",
    config: {
      keepReference: ["all"],
      jobSecret: secret,
      // The reference is larger than dev is now.
      natStrategy: "perZone",
      mwaaClass: "mw1.small",
      // The configuration's `prevent_destroy` is that of its state bucket alone.
      dataOnDestroy: "delete",
    },
  });
  const { inputs, outputs } = recordedFixtures(resources);
  return { inputs: literally(inputs), outputs: literally(outputs) };
}

const literally = (stack: readonly Fixture[]) =>
  withInlineRoutes(stack.filter(({ type }) => !ours.includes(type)));

/** The configuration writes routes into their tables; here each is a resource. */
function withInlineRoutes(stack: readonly Fixture[]): Fixture[] {
  const routes = stack.filter(({ type }) => type === ec2.Route.token);
  return stack
    .filter((one) => !routes.includes(one))
    .map((table) => {
      if (table.type !== ec2.RouteTable.token) return table;
      const inside = routes.filter(({ dependencies }) =>
        dependencies["routeTableId"]?.includes(table.urn),
      );
      const to = inside.flatMap(({ dependencies: { gatewayId = [], natGatewayId = [] } }) => [
        ...gatewayId,
        ...natGatewayId,
      ]);
      const written = inside.map(({ props: { routeTableId: _, id: __, ...route } }) => route);
      return {
        ...table,
        props: { ...table.props, routes: written },
        dependencies: { ...table.dependencies, routes: to },
      };
    });
}

export const jobDefinitions = (stack: readonly Fixture[]) =>
  stack.filter(({ type }) => type === batch.JobDefinition.token);
