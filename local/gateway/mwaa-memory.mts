// What MiniStack forgets of an MWAA environment: it answers with few of the fields that it was sent,
// so that every preview would show the others as new (and the key as a replacement); an update
// of the security groups loses the subnets; and it has no tag calls.
// Can go when MiniStack answers GetEnvironment with every field and has TagResource, UntagResource and
// ListTagsForResource for MWAA.
import { readFileSync, renameSync, writeFileSync } from "node:fs";

type Fields = Record<string, unknown>;
type Tags = Record<string, string>;

/** https://docs.aws.amazon.com/mwaa/latest/API/API_UpdateError.html */
export interface UpdateError {
  ErrorCode: string;
  ErrorMessage: string;
}

/**
 * The strategy of the last update, in which AWS answers FORCED where none was asked for, and so after creation:
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/mwaa/environment_test.go
 */
const lastUpdate = ({ WorkerReplacementStrategy = "FORCED" }: Fields, Error?: UpdateError) => ({
  LastUpdate: { WorkerReplacementStrategy, ...(Error && { Status: "FAILED", Error }) },
});

/** The log group of each log, which AWS answers with. */
const withLogGroups = (arn: string, logging: Fields): Fields => {
  const [, , , region, account] = arn.split(":");
  const name = arn.split("environment/")[1];
  return Object.fromEntries(
    Object.entries(logging).map(([key, log]) => {
      const group = `airflow-${name}-${key.replace(/Logs$/, "").replace("Dag", "DAG").replace("Webs", "WebS")}`;
      const CloudWatchLogGroupArn = `arn:aws:logs:${region}:${account}:log-group:${group}:*`;
      return [key, { ...(log as Fields), CloudWatchLogGroupArn }];
    }),
  );
};

export class MwaaMemory {
  readonly #file: string;
  readonly #environments: Map<string, Fields>;

  /** Kept in a file, so that a restarted gateway still knows. */
  constructor(file: string) {
    this.#file = file;
    let kept: Record<string, Fields> = {};
    try {
      kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, Fields>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    this.#environments = new Map(Object.entries(kept));
  }

  #save(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(this.#environments)));
    renameSync(`${this.#file}.new`, this.#file);
  }

  create(arn: string, sent: Fields): void {
    this.#environments.set(arn, { ...sent, ...lastUpdate({}) });
    this.#save();
  }

  sourceBucket(arn: string): string {
    return String(this.#environments.get(arn)?.["SourceBucketArn"]).split(":::")[1] ?? "";
  }

  /** With an error, the update has failed: AWS then has the environment as it was. */
  update(arn: string, sent: Fields, error?: UpdateError): void {
    const kept = this.#environments.get(arn) ?? {};
    if (error) {
      const Status = "UPDATE_FAILED";
      this.#environments.set(arn, { ...kept, Status, ...lastUpdate(sent, error) });
      this.#save();
      return;
    }
    delete kept["Status"];
    // AWS keeps what an update leaves out of these two: the subnets, and the other logs.
    for (const key of ["NetworkConfiguration", "LoggingConfiguration"])
      if (sent[key])
        sent = { ...sent, [key]: { ...(kept[key] as Fields), ...(sent[key] as Fields) } };
    this.#environments.set(arn, { ...kept, ...sent, ...lastUpdate(sent) });
    this.#save();
  }

  delete(arn: string): void {
    this.#environments.delete(arn);
    this.#save();
  }

  /** MiniStack's answer with what it forgot. */
  complete(environment: Fields): Fields {
    const kept = this.#environments.get(String(environment["Arn"]));
    const LastUpdate = {
      ...(environment["LastUpdate"] as Fields),
      ...(kept?.["LastUpdate"] as Fields),
    };
    const answer: Fields = { ...environment, ...kept, LastUpdate };
    const logging = answer["LoggingConfiguration"] as Fields | undefined;
    if (logging) answer["LoggingConfiguration"] = withLogGroups(String(answer["Arn"]), logging);
    return answer;
  }

  tags(arn: string): Tags | undefined {
    const environment = this.#environments.get(arn);
    return environment && ((environment["Tags"] as Tags | undefined) ?? {});
  }

  tag(arn: string, change: (tags: Tags) => Tags): void {
    this.#environments.set(arn, {
      ...this.#environments.get(arn),
      Tags: change(this.tags(arn) ?? {}),
    });
    this.#save();
  }
}
