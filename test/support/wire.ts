import { relative } from "node:path";
import { runtime } from "@pulumi/pulumi";

export type Values = Record<string, unknown>;

/** Stands for a value that is known only after a deployment. */
export const UNKNOWN = "<unknown>";

/** Values in the form in which the SDK sends them to the engine, made plain; the paths of the secrets beside them. */
export function decode(wire: Values): { values: Values; secrets: string[] } {
  const secrets = new Set<string>();
  const visit = (value: unknown, path: string): unknown => {
    if (value === runtime.unknownValue) return UNKNOWN;
    if (Array.isArray(value))
      return value.map((item, index) => visit(item, `${path}[${String(index)}]`));
    if (typeof value !== "object" || value === null) return value;
    const object = value as Values;
    switch (object[runtime.specialSigKey]) {
      case runtime.specialSecretSig:
        secrets.add(path);
        return visit(object["value"], path);
      case runtime.specialResourceSig:
        return object["urn"];
      case runtime.specialOutputValueSig:
        if (object["secret"] === true) secrets.add(path);
        return "value" in object ? visit(object["value"], path) : UNKNOWN;
      case runtime.specialAssetSig:
        return asset(object);
      case runtime.specialArchiveSig:
        return archive(object);
      default:
        return Object.fromEntries(
          Object.entries(object).map(([key, item]) => [
            key,
            visit(item, path === "" ? key : `${path}.${key}`),
          ]),
        );
    }
  };
  return { values: visit(wire, "") as Values, secrets: [...secrets].sort() };
}

/** No path of one machine: relative to the project, from which tests are run. */
const here = (path: unknown): string => relative(process.cwd(), String(path));

const asset = ({ path, text, uri }: Values): Values =>
  path === undefined ? { asset: text ?? uri } : { asset: here(path) };

const archive = ({ path, uri, assets }: Values): Values =>
  assets === undefined
    ? { archive: path === undefined ? uri : here(path) }
    : { archive: decode(assets as Values).values };
