/**
 * What becomes of data on destroy: `protect` refuses it; `retain` leaves buckets and images in the account;
 * `delete` deletes what is empty, and is refused by AWS where it is not; `empty` empties first.
 */
export const dataOnDestroyChoices = ["protect", "retain", "delete", "empty"] as const;
export type DataOnDestroy = (typeof dataOnDestroyChoices)[number];

/** The options of a resource that holds data. */
export function dataOptions(choice: DataOnDestroy) {
  return {
    ...(choice === "protect" && { protect: true }),
    ...(choice === "retain" && { retainOnDelete: true }),
  };
}
