// Errors in the shapes of AWS's protocols: https://smithy.io/2.0/aws/protocols/index.html
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { cbor } from "@smithy/core/cbor";

/** REST and plain JSON (Batch, MWAA, KMS …), query (IAM, SNS …), and what EC2, S3 and CloudWatch alone speak. */
export type Protocol = "json" | "query" | "ec2" | "s3" | "cbor";

export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  readonly protocol: Protocol;

  constructor(type: string, message: string, status = 400, protocol: Protocol = "json") {
    super(message);
    this.type = type;
    this.status = status;
    this.protocol = protocol;
  }
}

type Body = (error: AwsError) => string | Uint8Array;

const xml = ({ type, message }: AwsError) => `<Code>${type}</Code><Message>${message}</Message>`;
const requestId = () => `<RequestId>${randomUUID()}</RequestId>`;

const forms: Record<Protocol, { contentType: string; body: Body }> = {
  json: {
    contentType: "application/json",
    body: ({ type, message }) => JSON.stringify({ __type: type, message }),
  },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
  query: {
    contentType: "text/xml",
    body: (error) =>
      `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>${xml(error)}</Error>${requestId()}</ErrorResponse>`,
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ec2: {
    contentType: "text/xml",
    body: (error) =>
      `<Response><Errors><Error>${xml(error)}</Error></Errors><RequestID>${randomUUID()}</RequestID></Response>`,
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3: {
    contentType: "application/xml",
    body: (error) => `<Error>${xml(error)}${requestId()}</Error>`,
  },
  cbor: {
    contentType: "application/cbor",
    body: ({ type, message }) => cbor.serialize({ __type: type, message }),
  },
};

export function answerError(response: ServerResponse, error: AwsError): void {
  const { contentType, body } = forms[error.protocol];
  const answer = body(error);
  response.writeHead(error.status, {
    "content-type": contentType,
    ...(error.protocol === "json" && { "x-amzn-errortype": error.type }),
    ...(error.protocol === "cbor" && { "smithy-protocol": "rpc-v2-cbor" }),
    "content-length": Buffer.byteLength(answer),
  });
  response.end(answer);
}
