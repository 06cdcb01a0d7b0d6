/** Whether a version such as "v3.265.0" or "1.25.11" is at least another. Pre-release parts are not looked at. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [a, b] = [numbers(version), numbers(minimum)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): number[] {
  const [, plain] = /^v?(\d+(?:\.\d+)*)/.exec(version.trim()) ?? [];
  if (plain === undefined) throw new Error(`not a version: ${JSON.stringify(version)}`);
  return plain.split(".").map(Number);
}
