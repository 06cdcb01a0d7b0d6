// What doctor finds, by what the machine, the account and the settings are.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { commandsFolder, fakePulumi, platform, removeFolders } from "./support.mts";

const account = "111122223333";
const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

interface Aws {
  quotas: Record<string, number>;
  secrets: Record<string, string>;
}

describe("platform doctor", () => {
  let server: Server;
  let has: Aws;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const target = request.headers["x-amz-target"];
        if (typeof target !== "string") {
          response.end(identity);
          return;
        }
        const asked = JSON.parse(body) as { QuotaCode?: string; SecretId?: string };
        const Value = has.quotas[asked.QuotaCode ?? ""];
        const SecretString = has.secrets[asked.SecretId ?? ""];
        const answer =
          Value === undefined ? SecretString && { SecretString } : { Quota: { Value } };
        response.writeHead(answer ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(answer ?? { __type: "ResourceNotFoundException" }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-west-2",
    };
  });
  beforeEach(() => {
    has = {
      quotas: { "L-3032A538": 16, "L-36FBB829": 16 },
      secrets: { one: '{"user":"hunter","role":"2"}', two: '{"user":"hunter"}' },
    };
  });
  after(() => {
    server.close();
    removeFolders();
  });

  const settings = {
    accountId: account,
    region: "us-west-2",
    batchMaxVcpus: "16",
    batchCapacity: '["FARGATE"]',
    jobSecret: "one",
    jobSecretFields: '["user","role"]',
    jobs: "{}",
  };
  const examine = async (
    changed: Partial<typeof settings> = {},
    more: NodeJS.ProcessEnv = {},
    version = "v9.0.0",
  ) => {
    const script = `if [ "$1" = version ]; then echo ${version}; else echo '{"output":"value"}'; fi`;
    const PATH = commandsFolder({ pulumi: fakePulumi({ ...settings, ...changed }, script) });
    const { code, stdout } = await platform(["doctor", "dev", "--json"], { ...env, ...more, PATH });
    const { findings } = JSON.parse(stdout) as {
      findings: { check: string; result: string; detail: string }[];
    };
    assert.doesNotMatch(stdout, /hunter/);
    return { code, findings, wrong: findings.filter(({ result }) => result !== "ok") };
  };
  /** What is not ok, as `result check: detail`. */
  const wrong = async (...args: Parameters<typeof examine>) => {
    const { code, wrong } = await examine(...args);
    return [code, ...wrong.map(({ result, check, detail }) => `${result} ${check}: ${detail}`)];
  };

  it("finds nothing where all is there", async () => {
    const { code, findings, wrong } = await examine();
    assert.deepEqual([code, wrong], [0, []]);
    const checks = [
      "node",
      "pulumi",
      "account",
      "region",
      "quota FARGATE",
      "secret one",
      "stack dev",
    ];
    assert.deepEqual(
      findings.map(({ check }) => check),
      checks,
    );
  });

  it("warns of what works all the same: no account pinned, a region of the shell, an unknown quota", async () => {
    has.quotas = {};
    const [code, ...lines] = await wrong({ accountId: "" }, { AWS_REGION: "eu-west-1" });
    assert.equal(code, 0);
    assert.match(
      lines.join("\n"),
      /^warn account: 111122223333; dse:accountId is not set.*\nwarn region: us-west-2 \(dse:region\), but .* eu-west-1.*\nwarn quota FARGATE: AWS does not tell/,
    );
  });

  it("fails on a quota that is smaller than the setting, of each capacity that is used", async () => {
    has.quotas = { "L-3032A538": 6, "L-36FBB829": 6 };
    const [code, ...lines] = await wrong({ batchCapacity: '["FARGATE_SPOT","FARGATE"]' });
    assert.equal(code, 1);
    assert.equal(lines.length, 2);
    assert.match(
      String(lines[1]),
      /^fail quota FARGATE_SPOT: 6 vCPUs, and dse:batchMaxVcpus is 16/,
    );
  });

  it("fails on a secret that is missing, no JSON, or lacks a field that a job receives", async () => {
    const jobs = JSON.stringify({
      default: { secretFields: ["user"] },
      load: { secret: "two" },
      dump: { secret: "two", secretFields: ["password"] },
      plain: { secret: "" },
    });
    assert.deepEqual(await wrong({ jobs }), [
      1,
      "fail secret two: lacks password: jobs that receive them do not start",
    ]);
    has.secrets = { one: "plain text hunter" };
    assert.deepEqual(await wrong(), [
      1,
      "fail secret one: not a JSON object, so that jobs cannot be given its fields",
    ]);
    has.secrets = {};
    assert.match(String((await wrong())[1]), /^fail secret one: is not there in us-west-2/);
    assert.deepEqual(await wrong({ jobSecret: "" }), [0]);
  });

  it("fails on an old pulumi, another account, and without credentials", async () => {
    assert.match(
      String((await wrong({}, {}, "v3.1.0"))[1]),
      /^fail pulumi: 3\.1\.0, \S+ is needed/,
    );
    const other = await wrong({ accountId: "444455556666" });
    assert.match(String(other[1]), /^fail access: the credentials are of account 111122223333/);
    const none = await wrong({}, { AWS_ACCESS_KEY_ID: "" });
    assert.match(String(none[1]), /^fail access: there are no AWS credentials/);
  });
});
