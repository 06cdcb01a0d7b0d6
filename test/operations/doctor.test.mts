// What doctor finds, by what the machine, the account and the settings are.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { waivers } from "../../operations/doctor/waivers.mts";
import { commandsFolder, fakePulumi, platform, removeFolders } from "./support.mts";

const account = "111122223333";
interface Aws {
  /** By code. */
  quotas: Record<string, number>;
  secrets: Record<string, string>;
  /** How many VPCs, addresses, buckets, queues and users there are. */
  used: number;
  /** Zones of the NAT gateways. */
  nats: string[];
  denied: string;
}

const items = (count: number, xml: string) => xml.repeat(count);
const field = (name: string, value: string) => `<${name}>${value}</${name}>`;

/** What the query APIs answer. */
function queryAnswer(action: string, { used, nats }: Aws): string {
  const entry = (key: string, value: number) =>
    field("entry", field("key", key) + field("value", String(value)));
  const things = ["Users", "Groups", "Roles", "Policies"];
  const subnet = (zone: string) =>
    field("item", field("subnetId", `s-${zone}`) + field("availabilityZone", zone));
  const inner: Record<string, string> = {
    GetCallerIdentity: field("GetCallerIdentityResult", field("Account", account)),
    GetAccountSummary: field(
      "GetAccountSummaryResult",
      field(
        "SummaryMap",
        things.map((thing) => entry(thing, used) + entry(`${thing}Quota`, 20)).join(""),
      ),
    ),
    DescribeVpcs: field("vpcSet", items(used, "<item><vpcId>v</vpcId></item>")),
    DescribeAddresses: field("addressesSet", items(used, "<item><publicIp>i</publicIp></item>")),
    DescribeAvailabilityZones: field(
      "availabilityZoneInfo",
      ["a", "b", "c"].map((zone) => field("item", field("zoneName", zone))).join(""),
    ),
    DescribeSubnets: field("subnetSet", ["a", "b", "c"].map(subnet).join("")),
    DescribeNatGateways: field(
      "natGatewaySet",
      nats.map((zone) => field("item", field("subnetId", `s-${zone}`))).join(""),
    ),
  };
  return `<${action}Response>${inner[action]}</${action}Response>`;
}

describe("platform doctor", () => {
  let server: Server;
  let has: Aws;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const target = request.headers["x-amz-target"];
        const action = new URLSearchParams(body).get("Action");
        if (typeof target === "string") {
          const asked = JSON.parse(body) as { QuotaCode?: string; SecretId?: string };
          const Value = has.quotas[asked.QuotaCode ?? ""];
          const SecretString = has.secrets[asked.SecretId ?? ""];
          const answer =
            Value === undefined ? SecretString && { SecretString } : { Quota: { Value } };
          response.writeHead(answer ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
          response.end(JSON.stringify(answer ?? { __type: "ResourceNotFoundException" }));
        } else if (action) {
          if (action === has.denied) response.writeHead(403);
          response.end(
            action === has.denied
              ? "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message></Error></Errors></Response>"
              : queryAnswer(action, has),
          );
        } else if (request.method === "GET")
          response.end(
            `<ListAllMyBucketsResult><Buckets>${items(has.used, "<Bucket><Name>b</Name></Bucket>")}</Buckets></ListAllMyBucketsResult>`,
          );
        else {
          const list = Array.from({ length: has.used }, () => ({}));
          response.setHeader("content-type", "application/json");
          response.end(JSON.stringify({ computeEnvironments: list, jobQueues: list }));
        }
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
      used: 1,
      nats: [],
      denied: "",
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
    publicSubnetCidrs: '["10.0.0.0/24","10.0.1.0/24"]',
    natStrategy: "perZone",
    people: '["ann","ben"]',
    projects: '["water"]',
  };
  const examine = async (
    changed: Partial<typeof settings> = {},
    more: NodeJS.ProcessEnv = {},
    {
      version = "v9.0.0",
      resources = [{ type: "aws:iam/role:Role", urn: "role" }] as object[],
    } = {},
  ) => {
    const script = `if [ "$1" = version ]; then echo ${version}; fi`;
    const pulumi = fakePulumi({ ...settings, ...changed }, script, { resources });
    const PATH = commandsFolder({ pulumi });
    const { code, stdout } = await platform(["doctor", "dev", "--json"], { ...env, ...more, PATH });
    const { findings: all } = JSON.parse(stdout) as {
      findings: { check: string; result: string; detail: string }[];
    };
    // Those of the tracked config end some day.
    const findings = all.filter(({ check }) => !check.startsWith("waiver"));
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
      "quota VPCs",
      "quota elastic IPs",
      "quota NAT gateways of a zone",
      "quota buckets",
      "quota compute environments",
      "quota job queues",
      "quota users",
      "quota groups",
      "quota roles",
      "quota policies",
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
      String(lines[0]),
      /^fail quota FARGATE_SPOT: 6 vCPUs, and dse:batchMaxVcpus is 16/,
    );
  });

  it("fails where the account has no place for what is not made yet, and says how it gets one", async () => {
    has.used = 4;
    has.nats = ["a", "a", "c", "c", "c"];
    has.quotas["L-FE5A380F"] = 2;
    assert.deepEqual(await wrong(), [
      1,
      "fail quota elastic IPs: 4 of 5 are used, 2 more needed: ask AWS for more (Service Quotas, ec2 L-0263D0A3)",
      "fail quota NAT gateways of a zone: 2 of 2 are used, 1 more needed: ask AWS for more (Service Quotas, vpc L-FE5A380F)",
    ]);
    has.quotas["L-0263D0A3"] = 6;
    // The other zone, and the first one alone.
    has.nats = ["b", "c", "c"];
    assert.deepEqual(await wrong(), [0]);
    has.used = 50;
    const [code, ...lines] = await wrong({ natStrategy: "none" });
    assert.equal(code, 1);
    assert.deepEqual(
      lines.map((line) => /quota ([^:]+): 50 of \d+/.exec(String(line))?.[1]),
      ["VPCs", "compute environments", "job queues", "users", "groups", "roles", "policies"],
    );
    assert.match(String(lines[1]), /take one away, AWS raises it for nobody \(https:/);
  });

  it("counts what the stack has made already as no more that is needed", async () => {
    has.used = 5;
    const of = (type: string) => ({ type, urn: type });
    const resources = ["aws:ec2/vpc:Vpc", "aws:ec2/eip:Eip", "aws:ec2/eip:Eip"].map(of);
    assert.deepEqual(await wrong({}, {}, { resources }), [0]);
  });

  it("warns of a usage that it may not see", async () => {
    has.denied = "DescribeVpcs";
    assert.deepEqual(await wrong(), [
      0,
      "warn quota VPCs: AWS does not tell: these credentials may not do that: check AWS_PROFILE, and the policies of the role",
    ]);
  });

  it("fails on a waiver that has ended, warns of one that soon does or is for nothing", () => {
    const at = (day: string, ...urns: string[]) =>
      waivers("dev", urns, day).map(({ result, check, detail }) => `${result} ${check}: ${detail}`);
    assert.match(
      at("2027-01-01").join(),
      /^ok waivers: \d+ in policy\/config\/dev\.json, none ends/,
    );
    assert.match(
      at("2027-05-01").join("\n"),
      /^warn waiver s3-bucket-encryption: ends in 30 days, on 2027-05-31, of platform, for urn:/m,
    );
    assert.match(
      at("2027-06-01").join("\n"),
      /^fail waiver s3-bucket-encryption: ended on 2027-05-31, of platform, for urn:.*: mend what/m,
    );
    const urn = "urn:pulumi:dev::dse::dse:platform:Bucket$aws:s3/bucket:Bucket::mwaa";
    const some = at("2027-01-01", urn).join("\n");
    assert.match(some, /^warn waiver \S+: for nothing that dev has, of platform, for urn:/m);
    assert.doesNotMatch(some, /waiver s3-bucket-encryption/);
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
      String((await wrong({}, {}, { version: "v3.1.0" }))[1]),
      /^fail pulumi: 3\.1\.0, \S+ is needed/,
    );
    const other = await wrong({ accountId: "444455556666" });
    assert.match(String(other[1]), /^fail access: the credentials are of account 111122223333/);
    const none = await wrong({}, { AWS_ACCESS_KEY_ID: "" });
    assert.match(String(none[1]), /^fail access: there are no AWS credentials/);
  });
});
