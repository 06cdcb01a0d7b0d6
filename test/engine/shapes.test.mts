// The built provider against @pulumi/aws: every resource and function that the program uses must be served under the
// SDK's token, with the SDK's properties in the SDK's shapes.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import { engine, root, run } from "./support.mts";

/** Properties that are newer than the Terraform provider that is built: allowed to be missing, but not to be used. */
const newer = new Set([
  "Budget.metrics",
  "MetricAlarm.evaluationCriteria",
  "MetricAlarm.evaluationInterval",
  "MetricAlarm.warmUpConfiguration",
  "Bucket.bucketNamespace",
  "FlowLog.tagFieldSpecifications",
  "Route.odbNetworkArn",
  "RouteTable.routes[].odbNetworkArn",
  "Secret.type",
  "SecretVersion.secretArn",
  "getSecret.type",
  "getSecretVersion.secretArn",
  "getVpc.ipv6CidrBlockAssociations",
]);

/** Later uses of the platform: alarms, budgets, events and notices. */
const planned = [
  "budgets.Budget",
  "cloudwatch.EventRule",
  "cloudwatch.EventTarget",
  "cloudwatch.MetricAlarm",
  "sns.Topic",
  "sns.TopicPolicy",
  "sns.TopicSubscription",
];

const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

// --- the program -------------------------------------------------------------------------------------------------------

interface Use {
  /** As written: "ec2.Vpc", "getRegion". */
  name: string;
  file: string;
}

const programFiles = globSync(["*.ts", "components/**/*.ts"], { cwd: root }).sort();

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
}

/** Walks a file's syntax tree. */
function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodes(child);
}

/** What a file takes from @pulumi/aws; only `import * as aws` can be followed here. */
function usesIn(file: string): Use[] {
  const source = parse(file);
  const uses: Use[] = [];
  for (const node of nodes(source)) {
    if (
      ts.isImportDeclaration(node) &&
      /^["']@pulumi\/aws\b/.test(node.moduleSpecifier.getText())
    ) {
      const form = node.getText();
      assert.match(
        form,
        /^import (type )?\* as aws from ["']@pulumi\/aws["'];$/,
        `${file}: write ${form} as the others`,
      );
    }
    if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) continue;
    // getX and getXOutput are the same function of the provider.
    const [, name] = /^aws\.((?:\w+\.)?\w+?)(?:Output)?$/.exec(node.expression.getText()) ?? [];
    if (!name || name === "Provider") continue;
    uses.push({ name, file });
  }
  return uses;
}

const uses = programFiles.flatMap(usesIn);

/** Names of properties that are set or read in the files that use a resource or function. */
function propertiesBeside(name: string): Set<string> {
  const files = new Set(uses.filter((use) => use.name.endsWith(name)).map(({ file }) => file));
  const names = [...files].flatMap((file) =>
    [...nodes(parse(file))].flatMap((node) =>
      ts.isPropertyAssignment(node) ||
      ts.isShorthandPropertyAssignment(node) ||
      ts.isPropertyAccessExpression(node)
        ? [node.name.getText().replace(/["']/g, "")]
        : [],
    ),
  );
  return new Set(names);
}

// --- the SDK -----------------------------------------------------------------------------------------------------------

type Shape = "value" | "map" | { array: Shape } | { fields: Map<string, Shape> };

interface SdkType {
  name: string;
  token: string;
  isFunction: boolean;
  inputs: Map<string, Shape>;
  outputs: Map<string, Shape>;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Reads the declarations of what is used. */
function readSdk(names: string[]): SdkType[] {
  const files = names.map((name) => {
    const [last = "", module = ""] = name.split(".").reverse();
    return { name, last, path: join(sdk, module, lowerFirst(last)) };
  });
  const program = ts.createProgram({
    rootNames: files.map(({ path }) => `${path}.d.ts`),
    options: { strict: true, skipLibCheck: true, types: [], module: ts.ModuleKind.NodeNext },
  });
  const checker = program.getTypeChecker();

  function fieldsOf(path: string, name: string): Map<string, Shape> {
    const file = program.getSourceFile(`${path}.d.ts`);
    assert.ok(file, `${path}.d.ts is not there`);
    const declaration = file.statements.find(
      (s): s is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(s) && s.name.text === name,
    );
    if (!declaration) return new Map();
    const shape = shapeOf(checker, checker.getTypeAtLocation(declaration));
    return typeof shape === "object" && "fields" in shape ? shape.fields : new Map<string, Shape>();
  }

  return files.map(({ name, last, path }) => {
    const code = readFileSync(`${path}.js`, "utf8");
    const token = /__pulumiType = '([^']+)'|runtime\.invoke\("([^"]+)"/.exec(code);
    const isFunction = token?.[1] === undefined;
    const type = upperFirst(last);
    return {
      name: last,
      token: token?.[1] ?? token?.[2] ?? `of ${name}`,
      isFunction,
      inputs: fieldsOf(path, `${type}Args`),
      outputs: fieldsOf(path, isFunction ? `${type}Result` : `${type}State`),
    };
  });
}

const { TypeFlags } = ts;
const isNothing = (type: ts.Type): boolean =>
  (type.flags & (TypeFlags.Undefined | TypeFlags.Null)) !== 0;
const isPlain = (type: ts.Type): boolean =>
  (type.flags &
    (TypeFlags.StringLike | TypeFlags.NumberLike | TypeFlags.BooleanLike | TypeFlags.Any)) !==
  0;

/** Input<T> is T | Promise<T> | OutputInstance<T>. */
function shapeOf(checker: ts.TypeChecker, type: ts.Type): Shape {
  if (type.isUnion()) {
    const parts = type.types.filter(
      (part) =>
        !isNothing(part) && !/^(Promise|OutputInstance)$/.test(part.getSymbol()?.name ?? ""),
    );
    const [first] = parts;
    return !first || parts.some(isPlain) ? "value" : shapeOf(checker, first);
  }
  if (isPlain(type)) return "value";
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return { array: element ? shapeOf(checker, element) : "value" };
  }
  if (checker.getIndexInfoOfType(type, ts.IndexKind.String)) return "map";
  const fields = type
    .getProperties()
    .map((p): [string, Shape] => [p.name, shapeOf(checker, checker.getTypeOfSymbol(p))]);
  return { fields: new Map(fields) };
}

// --- the built provider ------------------------------------------------------------------------------------------------

interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  oneOf?: Property[];
}
interface ObjectType {
  type?: string;
  properties?: Record<string, Property>;
  enum?: unknown[];
}
interface Resource extends ObjectType {
  inputProperties: Record<string, Property>;
  requiredInputs?: string[];
  stateInputs?: ObjectType;
}
interface Schema {
  types: Record<string, ObjectType>;
  resources: Record<string, Resource>;
  functions: Record<
    string,
    { inputs?: ObjectType & { required?: string[] }; outputs?: ObjectType }
  >;
}

/** How a property of the SDK differs from the provider's, as "path: difference" lines. */
function differences(
  schema: Schema,
  path: string,
  shape: Shape,
  property: Property | undefined,
): string[] {
  if (!property) return [`${path}: missing`];
  if (property.oneOf) return []; // a document, as text or object
  if (property.$ref?.startsWith("#/types/")) {
    const type = schema.types[decodeURIComponent(property.$ref.slice("#/types/".length))];
    if (!type) return [`${path}: of unknown type ${property.$ref}`];
    if (type.enum) return shape === "value" ? [] : [`${path}: an enumeration`];
    if (shape === "value" || shape === "map" || "array" in shape) return [`${path}: an object`];
    return fieldDifferences(schema, path, shape.fields, type.properties);
  }
  if (property.$ref) return []; // an asset, or anything
  const is = property.type === "array" ? "array" : property.type === "object" ? "map" : "value";
  const wants = typeof shape === "string" ? shape : "array" in shape ? "array" : "object";
  if (property.$ref ? wants !== "value" : wants !== is)
    return [`${path}: ${wants} in the SDK, ${is} in the provider`];
  return typeof shape === "object" && "array" in shape
    ? differences(schema, `${path}[]`, shape.array, property.items)
    : [];
}

function fieldDifferences(
  schema: Schema,
  path: string,
  fields: Map<string, Shape>,
  properties: Record<string, Property> = {},
): string[] {
  return [...fields].flatMap(([name, shape]) =>
    differences(schema, `${path}.${name}`, shape, properties[name]),
  );
}

/** All differences of a resource or function. */
function compare(schema: Schema, { name, token, isFunction, inputs, outputs }: SdkType): string[] {
  if (isFunction) {
    const served = schema.functions[token];
    if (!served) return [`${name}: the provider has no ${token}`];
    return [
      ...fieldDifferences(schema, name, inputs, served.inputs?.properties),
      ...fieldDifferences(schema, name, outputs, served.outputs?.properties),
      ...required(name, inputs, served.inputs?.required),
    ];
  }
  const served = schema.resources[token];
  if (!served) return [`${name}: the provider has no ${token}`];
  return [
    ...fieldDifferences(schema, name, inputs, served.inputProperties),
    ...fieldDifferences(schema, name, outputs, {
      ...served.stateInputs?.properties,
      ...served.properties,
    }),
    ...required(name, inputs, served.requiredInputs),
  ];
}

function required(name: string, inputs: Map<string, Shape>, needed: string[] = []): string[] {
  return needed
    .filter((input) => !inputs.has(input))
    .map((input) => `${name}.${input}: needed, unknown to the SDK`);
}

const binary = Object.entries(engine.plugins).find(([plugin]) => plugin.startsWith("aws-"))?.[1];

// The official provider is what the SDK is made from.
if (binary) {
  describe("built aws provider and the SDK", function () {
    this.timeout(60_000);
    const names = [...new Set([...uses.map(({ name }) => name), ...planned])].sort();
    let schema: Schema;
    let types: SdkType[];

    before(async () => {
      schema = JSON.parse((await run(binary, ["--schema"], {})).stdout) as Schema;
      types = readSdk(names);
    });

    it("finds what the program uses", () => {
      const found = new Set(uses.map(({ name }) => name));
      for (const name of ["ec2.Vpc", "batch.JobQueue", "mwaa.Environment", "getCallerIdentity"]) {
        assert.ok(found.has(name), `${name} is not among ${[...found].join(", ")}`);
      }
      for (const { name, inputs, outputs } of types) {
        assert.ok(inputs.size + outputs.size > 0, `nothing is read of ${name}`);
      }
    });

    it("sees a difference", () => {
      const vpc = types.find(({ name }) => name === "Vpc");
      assert.ok(vpc);
      const [cidrBlock, tags] = ["cidrBlock", "tags"].map((key) => vpc.inputs.get(key));
      assert.deepEqual([cidrBlock, tags], ["value", "map"]);
      const broken = structuredClone(schema);
      const properties = broken.resources[vpc.token]?.inputProperties ?? {};
      properties["tags"] = { type: "array", items: { type: "string" } };
      delete properties["cidrBlock"];
      const found = compare(broken, vpc);
      assert.ok(
        found.includes("Vpc.tags: map in the SDK, array in the provider"),
        found.join("\n"),
      );
      assert.ok(found.includes("Vpc.cidrBlock: missing"), found.join("\n"));
      delete broken.resources[vpc.token];
      assert.deepEqual(compare(broken, vpc), ["Vpc: the provider has no aws:ec2/vpc:Vpc"]);
    });

    it("agree on every token and property that is used", () => {
      const wrong = types.flatMap((type) => {
        const used = propertiesBeside(type.name);
        return compare(schema, type).filter((difference) => {
          const [, path = "", property = ""] = /^(.*?([^.]*)): missing$/.exec(difference) ?? [];
          return !newer.has(path) || used.has(property);
        });
      });
      assert.deepEqual([...new Set(wrong)], []);
    });
  });
}
