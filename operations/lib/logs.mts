// Events of CloudWatch Logs, as they come.
import {
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import { isNamed } from "./call.mts";

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** A log stream, read from its beginning, each event once. */
export class LogStream {
  readonly #client: CloudWatchLogsClient;
  readonly #group: string;
  readonly #stream: string;
  #token: string | undefined;

  constructor(client: CloudWatchLogsClient, group: string, stream: string) {
    this.#client = client;
    this.#group = group;
    this.#stream = stream;
  }

  /** What has come since the last time; nothing where the stream is not there yet. */
  async read(): Promise<LogEvent[]> {
    const read: LogEvent[] = [];
    try {
      for (;;) {
        const { events = [], nextForwardToken } = await this.#client.send(
          new GetLogEventsCommand({
            logGroupName: this.#group,
            logStreamName: this.#stream,
            startFromHead: true,
            nextToken: this.#token,
          }),
        );
        read.push(...events.map(toEvent));
        // The end of what there is: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
        if (nextForwardToken === this.#token) return read;
        this.#token = nextForwardToken;
      }
    } catch (error) {
      if (isNamed(error, "ResourceNotFoundException")) return read;
      throw error;
    }
  }
}

/** Events may come this much later than one that is younger, from another stream. */
const LATE_MS = 30_000;

/** All streams of a log group from a time on, each event once. */
export class LogGroup {
  readonly #client: CloudWatchLogsClient;
  readonly #group: string;
  readonly #seen = new Map<string, number>();
  #from: number;

  constructor(client: CloudWatchLogsClient, group: string, from: number) {
    this.#client = client;
    this.#group = group;
    this.#from = from;
  }

  async read(): Promise<LogEvent[]> {
    const read: LogEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new FilterLogEventsCommand({
          logGroupName: this.#group,
          startTime: this.#from,
          nextToken,
        }),
      );
      for (const event of page.events ?? []) {
        const { eventId = "", timestamp = 0 } = event;
        if (this.#seen.has(eventId)) continue;
        this.#seen.set(eventId, timestamp);
        read.push(toEvent(event));
      }
      nextToken = page.nextToken;
    } while (nextToken);
    this.#moveOn();
    return read.sort((a, b) => a.timestamp - b.timestamp);
  }

  #moveOn(): void {
    const newest = Math.max(...this.#seen.values(), this.#from);
    this.#from = Math.max(this.#from, newest - LATE_MS);
    for (const [id, timestamp] of this.#seen) if (timestamp < this.#from) this.#seen.delete(id);
  }
}

const toEvent = ({ timestamp = 0, message = "" }: Partial<LogEvent>): LogEvent => ({
  timestamp,
  message: message.replace(/\n$/, ""),
});
