// Just enough of IAM's policy language for the guards: does any Allow statement grant this action on this
// resource? Conditions are taken as met; Deny, NotAction and NotResource are not looked at.

interface Statement {
  Effect?: string;
  Principal?: string | { Service?: string | string[] };
  Action?: string | string[];
  Resource?: string | string[];
}

export interface PolicyDocument {
  Statement?: Statement | Statement[];
}

const list = <T,>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** IAM's wildcards: * is any run of characters, ? is any one. */
function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(value);
}

/** IAM's API answers with documents in URL encoding. */
export function parseDocument(encoded: string | undefined): PolicyDocument {
  return JSON.parse(decodeURIComponent(encoded ?? "%7B%7D")) as PolicyDocument;
}

export function allows(documents: PolicyDocument[], action: string, resource?: string): boolean {
  return documents
    .flatMap((document) => list(document.Statement))
    .some(
      (statement) =>
        statement.Effect === "Allow" &&
        list(statement.Action).some((pattern) => matches(pattern, action)) &&
        (resource === undefined || list(statement.Resource).some((p) => matches(p, resource))),
    );
}

export function trusts(document: PolicyDocument, service: string): boolean {
  return list(document.Statement).some(
    (statement) =>
      statement.Effect === "Allow" &&
      typeof statement.Principal === "object" &&
      list(statement.Principal.Service).includes(service),
  );
}
