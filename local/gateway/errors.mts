// Errors in the shape of AWS's REST-JSON services (Batch, MWAA).
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

export function answerError(response: ServerResponse, error: AwsError): void {
  const body = JSON.stringify({ __type: error.type, message: error.message });
  response.writeHead(error.status, {
    "content-type": "application/json",
    "x-amzn-errortype": error.type,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
