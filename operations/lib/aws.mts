// AWS clients with the credentials of the shell: environment, profile, SSO or role, as the AWS CLI finds them.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { messageOf, refused } from "./errors.mts";
import { faultIn } from "./faults.mts";

/** Settings of any client. The SDK itself reads AWS_ENDPOINT_URL; names derived from another endpoint do not resolve. */
export function clientSettings(region: string) {
  const elsewhere = Boolean(process.env["AWS_ENDPOINT_URL"]);
  return { region, disableHostPrefix: elsewhere, forcePathStyle: elsewhere };
}

/** A fault of AWS in one line: a known one as such, any other in AWS's words. */
export function awsFault(error: unknown): string {
  const { name } = error as { name?: string };
  const text = `${name ?? ""}: ${messageOf(error)}`;
  // An AggregateError, of all addresses of a host, has no message of its own.
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return faultIn(`${text} ${code}`) ?? text;
}

/** The account that the credentials are of. */
export async function currentAccount(region: string): Promise<string> {
  const sts = new STSClient(clientSettings(region));
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    return Account ?? "";
  } catch (error) {
    throw refused(awsFault(error), error);
  } finally {
    sts.destroy();
  }
}
