import { isIPv4 } from "node:net";

/** The account of the local AWS; in AWS's own documentation it stands for any account. */
export const localAccountId = "123456789012";

/** Whether an endpoint, a URL, is on this machine. */
export function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  const isLocalIPv4 = isIPv4(hostname) && hostname.startsWith("127.");
  return hostname === "localhost" || hostname === "[::1]" || isLocalIPv4;
}

/**
 * Which accounts a stack may touch. The account of the local AWS where the endpoint is on this machine
 * and nowhere else, so that a local stack never meets the real AWS, nor a real one the emulators. The
 * pin is kept in the stack's state, where destroy and refresh read it.
 */
export function accountPin(
  endpoint: string | undefined,
  accountId: string | undefined,
): { allowedAccountIds: string[] } | { forbiddenAccountIds: string[] } {
  if (endpoint && isLoopback(endpoint)) return { allowedAccountIds: [localAccountId] };
  return accountId ? { allowedAccountIds: [accountId] } : { forbiddenAccountIds: [localAccountId] };
}
