// Errors in the shape of AWS's REST-JSON services (Batch, MWAA) and of its query services (IAM).
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

export class AwsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
export class QueryError extends AwsError {}

export function answerError(response: ServerResponse, error: AwsError): void {
  const query = error instanceof QueryError;
  const body = query
    ? `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${error.type}</Code><Message>${error.message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`
    : JSON.stringify({ __type: error.type, message: error.message });
  response.writeHead(error.status, {
    "content-type": query ? "text/xml" : "application/json",
    ...(!query && { "x-amzn-errortype": error.type }),
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
