// The engine built from Go modules: the CLI with its language host, and the providers, each in a cache folder whose name
// has a hash of everything that it is built from.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { cached, cachedOrMade, type Say } from "./cache.mts";
import { checkGo, go, Progress } from "./go.mts";

const here = import.meta.dirname;
const cli = { name: "pulumi", sources: join(here, "pulumi") };
const providers = { name: "providers", sources: join(here, "providers") };

const cliModule = "github.com/pulumi/pulumi/pkg/v3";
const cliVersionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** `go build` into a folder: small binaries, the same wherever they are built. */
function buildArgs(bin: string, packages: string[], linker = ""): string[] {
  return ["build", "-trimpath", `-ldflags=-s -w${linker}`, "-o", `${bin}/`, ...packages];
}

/** engine/providers/build.json */
interface ProvidersBuild {
  versions: Record<string, string>;
  source: string;
  services: string[];
}

export interface BuiltEngine {
  version: string;
  binDir: string;
  plugins: Record<string, string>;
}

/** The version of the CLI that is built. */
export function builtVersion(sources: string = cli.sources): string {
  const mod = readFileSync(join(sources, "go.mod"), "utf8");
  const [, version] = new RegExp(`${cliModule} v(\\S+)`).exec(mod) ?? [];
  if (!version) throw new Error(`${sources}/go.mod does not require ${cliModule}`);
  return version;
}

/** The cache folder of what is built from a folder's sources, tests and notes left out. */
export function folderName(name: string, sources: string): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([process.platform, process.arch, buildArgs("", [])]));
  for (const file of sourceFiles(sources)) {
    hash.update(JSON.stringify([file, readFileSync(join(sources, file), "utf8")]));
  }
  return `${name}-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 16)}`;
}

function sourceFiles(sources: string): string[] {
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((file) =>
      /(^|[\\/])(go\.(mod|sum)|build\.json|[^\\/]+\.patch|[^\\/]+(?<!_test)\.go)$/.test(file),
    )
    .map((file) => file.split(sep).join("/"))
    .sort();
}

/** What an earlier build left, if all of it is there. */
export function alreadyBuilt(): BuiltEngine | undefined {
  const binDir = cached(folderName(cli.name, cli.sources));
  const plugins = cached(folderName(providers.name, providers.sources));
  return binDir && plugins ? builtEngine(binDir, plugins) : undefined;
}

/** Builds what is missing. */
export async function build(say: Say): Promise<BuiltEngine> {
  checkVersions(readBuild().versions);
  await checkGo(cli.sources);
  const binDir = await made(cli, say, buildCli);
  const pluginDir = await made(providers, say, buildProviders);
  return builtEngine(binDir, pluginDir);
}

type BuildStep = (scratch: string, say: Say, progress: Progress) => Promise<string>;

function made(part: typeof cli, say: Say, step: BuildStep): Promise<string> {
  return cachedOrMade(folderName(part.name, part.sources), say, async (scratch) => {
    const progress = new Progress(say);
    try {
      return await step(scratch, say, progress);
    } finally {
      progress.end();
    }
  });
}

function builtEngine(binDir: string, pluginDir: string): BuiltEngine {
  const { versions } = readBuild();
  checkVersions(versions);
  const plugins: Record<string, string> = {};
  for (const [name, version] of Object.entries(versions)) {
    plugins[`${name}-${version}`] = join(pluginDir, `pulumi-resource-${name}`);
  }
  return { version: builtVersion(), binDir, plugins };
}

function readBuild(): ProvidersBuild {
  return JSON.parse(readFileSync(join(providers.sources, "build.json"), "utf8")) as ProvidersBuild;
}

/** The providers serve the resources of the npm packages that the program uses, so the versions must agree. */
export function checkVersions(
  built: Record<string, string>,
  packageJson = join(here, "..", "package.json"),
): void {
  const { dependencies } = JSON.parse(readFileSync(packageJson, "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const [name, version] of Object.entries(built)) {
    const used = dependencies?.[`@pulumi/${name}`];
    if (used !== version) {
      throw new Error(
        `package.json has @pulumi/${name} ${used ?? "not at all"}, but engine/providers/build.json has ${version}: ` +
          "change both together, and see engine/README.md.",
      );
    }
  }
}

async function buildCli(scratch: string, say: Say, progress: Progress): Promise<string> {
  say(
    `Building the Pulumi CLI ${builtVersion()} from Go modules (5 minutes the first time, later seconds) ...`,
  );
  const bin = join(scratch, "bin");
  mkdirSync(bin);
  const commands = [`${cliModule}/cmd/pulumi`, "./cmd/pulumi-language-nodejs"];
  const version = ` -X=${cliVersionVariable}=v${builtVersion()}`;
  await go(cli.sources, buildArgs(bin, commands, version), progress);
  return bin;
}

/** In a copy of the sources, as those of the Terraform provider and of the modules that are patched are put among them. */
async function buildProviders(scratch: string, say: Say, progress: Progress): Promise<string> {
  const { versions, source, services } = readBuild();
  const title = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  say(
    `Building the providers ${title.join(" and ")} from Go modules (6 minutes the first time, later seconds) ...`,
  );
  const [sources, bin] = [join(scratch, "sources"), join(scratch, "bin")];
  mkdirSync(bin);
  for (const file of sourceFiles(providers.sources)) {
    cpSync(join(providers.sources, file), join(sources, file), { recursive: true });
  }
  const upstream = join(sources, "upstream"); // where the hash of its source is
  const answer = await go(upstream, ["mod", "download", "-json", source], progress);
  const { Dir: terraform } = JSON.parse(answer) as { Dir: string };
  const aws = join(sources, "cmd", "pulumi-resource-aws");
  await go(sources, ["run", "./cmd/slim", terraform, aws, ...services], progress);
  await go(sources, buildArgs(bin, ["./cmd/pulumi-resource-random"]), progress);
  await go(aws, buildArgs(bin, ["."]), progress);
  return bin;
}
