/** What an input holds that takes an object or JSON, as policy documents and container properties do. */
export const parsed = (value: unknown): unknown =>
  typeof value === "string" ? JSON.parse(value) : value;
