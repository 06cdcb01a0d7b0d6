// bootstrap: once per account, the bucket of Pulumi's state and the key of its secrets (bootstrap/index.ts). Its own
// state is in a folder until there is a bucket, and then in the bucket. Each run looks where an earlier one stopped.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { Command } from "commander";
import { findState, type Found } from "../lib/bootstrap-account.mts";
import { currentAccount } from "../lib/aws.mts";
import { CommandError, exitCodes, messageOf, refused } from "../lib/errors.mts";
import { describeLock, isLive, locksInFolder } from "../lib/locks.mts";
import { print, say } from "../lib/progress.mts";
import { clone, folderBackend, pulumi, pulumiInForeground } from "../lib/pulumi.mts";

const project = "dse-bootstrap";
const again = "run `platform bootstrap` again: it goes on from there";

interface Options {
  readonly bucket?: string;
  readonly region: string;
  readonly keyAlias: string;
  readonly localState: string;
  readonly yes?: true;
  readonly json?: true;
}

/** The part of `pulumi stack export` that is looked at. */
interface Export {
  readonly deployment: {
    readonly resources?: readonly { readonly urn: string }[];
    pending_operations?: readonly unknown[];
  };
}

/** A state backend, and the stack of this account in it. */
class Backend {
  readonly #stack: string;
  readonly #options;

  constructor(url: string, stack: string) {
    this.#stack = stack;
    // The stack has no secrets, so that the passphrase keeps nothing.
    const env = { PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "" };
    this.#options = { cwd: join(clone, "bootstrap"), env };
  }

  run(...args: string[]): Promise<string> {
    return pulumi([...args, "--stack", this.#stack], this.#options);
  }

  /** Ends the command with what it was about where it fails. */
  async foreground(...args: string[]): Promise<void> {
    const code = await pulumiInForeground([...args, "--stack", this.#stack], {
      ...this.#options,
      output: 2,
    });
    if (code === exitCodes.interrupted) throw new CommandError(`interrupted: ${again}`, code);
    if (code !== 0)
      throw new CommandError(`pulumi ${args[0] ?? ""} failed, as shown above: ${again}`, 1);
  }

  async export(): Promise<Export | undefined> {
    try {
      return JSON.parse(await this.run("stack", "export")) as Export;
    } catch (error) {
      if (/no stack named/.test(messageOf(error))) return undefined;
      throw error;
    }
  }

  async import(state: Export, scratch: string): Promise<void> {
    writeFileSync(scratch, JSON.stringify(state));
    await this.run("stack", "import", "--file", scratch);
    rmSync(scratch);
  }

  /** Makes the stack where it is not there, with these settings. */
  async prepare(settings: Readonly<Record<string, string>>): Promise<void> {
    if (!(await this.export())) await this.run("stack", "init");
    const values = Object.entries(settings).map(([key, value]) => [key, { value }]);
    await this.run("config", "set-all", "--json", JSON.stringify(Object.fromEntries(values)));
  }
}

const count = (state: Export | undefined): number => state?.deployment.resources?.length ?? 0;

class Bootstrap {
  readonly #options: Options;
  readonly #account: string;
  readonly #found: Found;
  readonly #folder: string;
  readonly #local: Backend;
  readonly #remote: Backend;

  constructor(options: Options, account: string, found: Found) {
    const { region, localState } = options;
    this.#options = options;
    this.#account = account;
    this.#found = found;
    this.#folder = join(isAbsolute(localState) ? localState : resolve(localState), account);
    this.#local = new Backend(folderBackend(this.#folder), account);
    this.#remote = new Backend(`s3://${found.bucket}?region=${region}`, account);
  }

  async run(): Promise<void> {
    if (this.#found.bucketExists && count(await this.#remote.export()) > 0) await this.#update();
    else {
      await this.#create();
      await this.#move();
    }
    // What a run left that was interrupted after the move.
    rmSync(this.#folder, { recursive: true, force: true });
    await this.#report();
  }

  #settings(): Record<string, string> {
    const { region, keyAlias } = this.#options;
    const { bucket, tags } = this.#found;
    return {
      [`${project}:bucket`]: bucket,
      [`${project}:keyAlias`]: keyAlias,
      "aws:region": region,
      "aws:allowedAccountIds": JSON.stringify([this.#account]),
      "aws:defaultTags": JSON.stringify({ tags }),
    };
  }

  /** The state is in the bucket: nothing to do, unless bootstrap/index.ts has changed since. */
  async #update(): Promise<void> {
    await this.#remote.prepare(this.#settings());
    const { changeSummary = {} } = JSON.parse(await this.#remote.run("preview", "--json")) as {
      changeSummary?: Record<string, number>;
    };
    if (Object.keys(changeSummary).every((operation) => operation === "same")) {
      say(`Account ${this.#account} has its state bucket and key: nothing to change.`);
      return;
    }
    await this.#remote.foreground("up", ...(this.#options.yes ? ["--yes"] : []));
  }

  async #create(): Promise<void> {
    const { bucket } = this.#found;
    const local = this.#local;
    mkdirSync(this.#folder, { recursive: true });
    await this.#unlock();
    say(`Making the state bucket ${bucket} and the key ${this.#options.keyAlias} …`);
    await local.prepare(this.#settings());
    await this.#recover();
    const resumed = count(await local.export()) > 0;
    const refresh = resumed ? ["--refresh"] : [];
    await local.foreground("up", "--yes", "--skip-preview", "--non-interactive", ...refresh);
  }

  /** A killed run leaves its lock; nobody else knows this folder. */
  async #unlock(): Promise<void> {
    const locks = locksInFolder(this.#folder, project, this.#account);
    const live = locks.find(isLive);
    if (live) throw refused(`it is locked by ${describeLock(live)}: wait for it`);
    if (locks.length > 0) await this.#local.run("cancel", "--yes");
  }

  /** Imports what a run made that was killed, or whose folder was lost, before it was recorded. */
  async #recover(): Promise<void> {
    const state = await this.#local.export();
    if (state?.deployment.pending_operations?.length) {
      delete state.deployment.pending_operations;
      await this.#local.import(state, join(this.#folder, "import.json"));
    }
    const recorded = (type: string) =>
      state?.deployment.resources?.some(({ urn }) => urn.includes(`::${type}::`));
    const { bucketExists, bucket, keyId, aliasExists } = this.#found;
    const made: [type: string, name: string, id: string | undefined][] = [
      ["aws:kms/key:Key", "secrets", keyId],
      ["aws:kms/alias:Alias", "secrets", aliasExists ? this.#options.keyAlias : undefined],
      ["aws:s3/bucket:Bucket", "state", bucketExists ? bucket : undefined],
    ];
    for (const [type, name, id] of made) {
      if (id === undefined || recorded(type)) continue;
      say(`${id} was made by an earlier run: it is taken over.`);
      const quietly = ["--yes", "--skip-preview", "--generate-code=false"];
      await this.#local.run("import", type, name, id, ...quietly);
    }
  }

  /** The state into the bucket that it describes; the folder goes when that is seen to be there. */
  async #move(): Promise<void> {
    say(`Moving the state of it into s3://${this.#found.bucket} …`);
    const state = await this.#local.export();
    if (!state) throw refused(`the state in ${this.#folder} is gone: ${again}`);
    await this.#remote.prepare(this.#settings());
    await this.#remote.import(state, join(this.#folder, "import.json"));
    const moved = count(await this.#remote.export());
    if (moved !== count(state))
      throw new CommandError(
        `the bucket has ${moved} of ${count(state)} resources: ${again}`,
        exitCodes.failed,
      );
  }

  async #report(): Promise<void> {
    const outputs = JSON.parse(await this.#remote.run("stack", "output", "--json")) as {
      backend: string;
      secretsProvider: string;
      keyArn: string;
    };
    const { bucket } = this.#found;
    const { backend, secretsProvider, keyArn } = outputs;
    print(this.#options.json, { account: this.#account, bucket, ...outputs }, [
      // The variable is heard before a login.
      process.env["PULUMI_BACKEND_URL"]
        ? `export PULUMI_BACKEND_URL='${backend}'`
        : `pulumi login '${backend}'`,
      `pulumi stack init dev --secrets-provider '${secretsProvider}'`,
      "# for the roles of GitHub Actions, in Pulumi.dev.yaml:",
      `#   dse:stateBucket: ${bucket}`,
      `#   dse:stateKeyArn: ${keyArn}`,
    ]);
  }
}

async function run(options: Options): Promise<void> {
  const account = await currentAccount(options.region);
  const found = await findState({ account, ...options });
  await new Bootstrap(options, account, found).run();
}

export function bootstrap(): Command {
  return new Command("bootstrap")
    .description("Makes an account's bucket for Pulumi's state and its key for secrets, once.")
    .option(
      "--bucket <name>",
      "name of the bucket (default: the one there is, else dse-pulumi-state-ACCOUNT-REGION)",
    )
    .option("--region <region>", "AWS region of both", process.env["AWS_REGION"] ?? "us-west-2")
    .option("--key-alias <alias>", "alias of the key", "alias/dse-pulumi-secrets")
    .option(
      "--local-state <folder>",
      "where its own state is until there is a bucket",
      join(clone, "bootstrap", ".state"),
    )
    .option("-y, --yes", "change what is there without asking")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  platform bootstrap --region us-west-2")
    .action(run);
}
