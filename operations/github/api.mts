// GitHub's REST API with a workflow's own token. Nothing but Node.js: the jobs that may write to GitHub install no packages.
import { setTimeout as sleep } from "node:timers/promises";

/** An issue or a comment. https://docs.github.com/en/rest/issues */
export interface Note {
  /** Of a comment. */
  readonly id: number;
  /** Of an issue. */
  readonly number: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  /** Only pull requests have it, which the API lists among the issues. */
  readonly pull_request?: object;
}

/** Whom a workflow's token writes as. */
export const workflowUser = "github-actions[bot]";

const attempts = 3;

export class GitHub {
  readonly #base: string;
  readonly #token: string;
  readonly #wait: number;

  /**
   * @param environment that GitHub gives to a step, and GITHUB_TOKEN, which the step is given by name
   * @param wait milliseconds before another attempt, where GitHub is out of order
   */
  constructor(environment: NodeJS.ProcessEnv = process.env, wait = 5_000) {
    const repository = required(environment, "GITHUB_REPOSITORY");
    this.#base = `${required(environment, "GITHUB_API_URL")}/repos/${repository}`;
    this.#token = required(environment, "GITHUB_TOKEN");
    this.#wait = wait;
  }

  /** All pages of a list. */
  async list(path: string): Promise<Note[]> {
    const size = 100; // the most that a page has
    const all: Note[] = [];
    for (let page = 1; ; page++) {
      const separator = path.includes("?") ? "&" : "?";
      const query = `${path}${separator}per_page=${size}&page=${page}`;
      const notes = (await this.#request("GET", query)) as Note[];
      all.push(...notes);
      if (notes.length < size) return all;
    }
  }

  async create(path: string, content: object): Promise<Note> {
    return (await this.#request("POST", path, content)) as Note;
  }

  async change(path: string, content: object): Promise<void> {
    await this.#request("PATCH", path, content);
  }

  async #request(method: string, path: string, content?: object): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.#token}`,
          "x-github-api-version": "2022-11-28",
        },
        ...(content && { body: JSON.stringify(content) }),
        signal: AbortSignal.timeout(30_000),
      });
      if (response.ok) return response.json();
      // A POST that failed may have been carried out, and would be seen twice.
      if (response.status < 500 || method === "POST" || attempt === attempts)
        throw new Error(
          `GitHub refused ${method} ${path}: HTTP ${response.status} ${await response.text()}`,
        );
      await sleep(this.#wait);
    }
  }
}

/** A variable of the environment that must be there. */
export function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`${name} is not set: see docs/workflows.md`);
  return value;
}

/** Where a run can be read. */
export function runUrl(environment: NodeJS.ProcessEnv): string {
  const [server, repository, run] = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].map(
    (name) => required(environment, name),
  );
  return `${server}/${repository}/actions/runs/${run}`;
}

/** Runs a script; an error is one line, which GitHub shows at the run's top. */
export async function script(main: () => Promise<void> | void): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.log(`::error::${(error as Error).message.replaceAll("\n", " ")}`);
    process.exitCode = 1;
  }
}
