// A Terraform state, in either of the forms in which people have one.
import { readFileSync } from "node:fs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { clientSettings } from "../lib/aws.mts";
import { attempt } from "../lib/call.mts";
import { messageOf, refused } from "../lib/errors.mts";

/** A managed resource of the state. */
export interface Instance {
  /** As Terraform calls it: `module.network.aws_subnet.public[0]`. */
  readonly address: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An attribute that is text; empty where there is none. */
export function text({ attributes }: Instance, name: string): string {
  const value = attributes[name];
  return typeof value === "string" ? value : "";
}

export function ofType(instances: readonly Instance[], type: string): readonly Instance[] {
  return instances.filter((instance) => instance.type === type);
}

/** One without attributes where there is none of the type. */
export function firstOf(instances: readonly Instance[], type: string): Instance {
  const [first] = ofType(instances, type);
  return first ?? { address: type, type, attributes: {} };
}

const attributes = z.record(z.string(), z.unknown());
const index = z.union([z.string(), z.number()]).nullish();
const mode = z.enum(["managed", "data"]);

/** https://developer.hashicorp.com/terraform/internals/json-format#state-representation */
interface Module {
  readonly resources?: readonly z.infer<typeof shownResource>[] | undefined;
  readonly child_modules?: readonly Module[] | undefined;
}

const shownResource = z.object({
  address: z.string(),
  mode,
  type: z.string(),
  deposed_key: z.string().nullish(),
  values: attributes,
});
const shownModule: z.ZodType<Module> = z.object({
  resources: z.array(shownResource).optional(),
  get child_modules() {
    return z.array(shownModule).optional();
  },
});
const shown = z.object({ values: z.object({ root_module: shownModule }) });

/** The file itself, of which HashiCorp documents the version alone. */
const stored = z.object({
  resources: z.array(
    z.object({
      module: z.string().nullish(),
      mode,
      type: z.string(),
      name: z.string(),
      instances: z.array(z.object({ index_key: index, deposed: z.string().nullish(), attributes })),
    }),
  ),
});

/** Reads a file, or an object by its s3:// address. */
export async function readState(where: string, region: string): Promise<Instance[]> {
  return parseState(await load(where, region), where);
}

async function load(where: string, region: string): Promise<string> {
  const address = /^s3:\/\/([^/]+)\/(.+)$/.exec(where);
  if (!address) {
    try {
      return readFileSync(where, "utf8");
    } catch (error) {
      throw refused(`${where} cannot be read: ${messageOf(error)}`, error);
    }
  }
  const [, Bucket, Key] = address;
  const s3 = new S3Client({ ...clientSettings(region), followRegionRedirects: true });
  try {
    return await attempt(`${where} cannot be read`, async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    });
  } catch (error) {
    throw refused(messageOf(error), error);
  } finally {
    s3.destroy();
  }
}

export function parseState(content: string, where: string): Instance[] {
  const file = json(content, where);
  const instances = "format_version" in file ? fromShown(file, where) : fromStored(file, where);
  if (instances.length === 0) throw refused(`${where} has no resource: there is nothing to adopt`);
  return instances;
}

function json(content: string, where: string): object {
  try {
    const value: unknown = JSON.parse(content);
    if (value !== null && typeof value === "object") return value;
  } catch (error) {
    if (content.trimStart().startsWith("{"))
      throw refused(`${where} is incomplete, or damaged: ${messageOf(error)}`, error);
  }
  throw refused(
    `${where} is not a Terraform state: give a terraform.tfstate, or what \`terraform show -json\` prints`,
  );
}

function fromShown(file: object, where: string): Instance[] {
  if ("planned_values" in file)
    throw refused(`${where} is a plan: give what \`terraform show -json\` prints without a file`);
  const state = checked(shown, file, where);
  const resourcesOf = ({ resources = [], child_modules = [] }: Module): Instance[] => [
    ...resources
      .filter((resource) => resource.mode === "managed" && !resource.deposed_key)
      .map(({ address, type, values }) => ({ address, type, attributes: values })),
    ...child_modules.flatMap(resourcesOf),
  ];
  return resourcesOf(state.values.root_module);
}

function fromStored(file: object, where: string): Instance[] {
  if ("encrypted_data" in file || "encryption_version" in file)
    throw refused(
      `${where} is encrypted: give what \`tofu show -json\` prints where its key is configured`,
    );
  if (!("version" in file && "terraform_version" in file))
    throw refused(
      `${where} is not a Terraform state: it has no version. Give a terraform.tfstate, or what \`terraform show -json\` prints`,
    );
  if (file.version !== 4)
    throw refused(
      `${where} is a state of version ${String(file.version)}, and 4 is needed: \`terraform apply -refresh-only\` of Terraform 0.12 or later writes it`,
    );
  return checked(stored, file, where).resources.flatMap((resource) =>
    resource.mode === "data"
      ? []
      : resource.instances
          // What Terraform still has to delete.
          .filter(({ deposed }) => !deposed)
          .map(({ index_key, attributes: values }) => ({
            address: addressOf(resource, index_key),
            type: resource.type,
            attributes: values,
          })),
  );
}

function addressOf(
  { module, type, name }: z.infer<typeof stored>["resources"][number],
  key: z.infer<typeof index>,
): string {
  const path = [...(module ? [module] : []), type, name].join(".");
  return key === null || key === undefined ? path : `${path}[${JSON.stringify(key)}]`;
}

function checked<T>(schema: z.ZodType<T>, file: object, where: string): T {
  const result = schema.safeParse(file);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(
    `${where} is incomplete: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}. Take it again with \`terraform state pull\``,
  );
}
