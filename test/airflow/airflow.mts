// Airflow as MWAA has it, in a Python environment of its own: runs DAGs of this project, without a scheduler.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { foreign, variables } from "../../local/environment.mts";
import { clone, type Instance } from "../../local/instance.mts";
import { installPackages } from "../../local/python.mts";

const venv = join(clone, ".local", "airflow-venv");
const bin = (program: string) => join(venv, "bin", program);

/** Of what a DAG came to. */
export interface Outcome {
  /** Of files that Airflow could not read. */
  errors: string[];
  dags: string[];
  schedule?: string;
  state?: string;
  run?: string;
  log: string;
}

/** A Python that Airflow 3.0.6 installs on: https://pypi.org/project/apache-airflow/3.0.6/ */
export function airflowPython(): string | undefined {
  const fits = "import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))";
  return ["python3", "python3.12", "python3.11", "python3.10"].find(
    (python) => spawnSync(python, ["-c", fits]).status === 0,
  );
}

export async function installAirflow(): Promise<void> {
  const lock = join(import.meta.dirname, "requirements.txt");
  // Mocha's report is what is shown.
  const say = () => undefined;
  await installPackages({ venv, lock, python: airflowPython() }, say, "Installing Airflow …");
}

/** Airflow's own database, made once, and runs of DAGs beside an instance of the local AWS. */
export class Airflow {
  readonly #home = mkdtempSync(join(tmpdir(), "dse-airflow-"));
  readonly #instance: Instance;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  #environment(options: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = { ...process.env };
    for (const name of [...foreign(env, {}), ...Object.keys(env)])
      if (/^(AWS_|PULUMI_|AIRFLOW)|_proxy$/i.test(name)) delete env[name];
    // As MWAA hands over `section.option`.
    const settings = Object.entries(options).map(([option, value]) => [
      `AIRFLOW__${option.replace(".", "__").toUpperCase()}`,
      value,
    ]);
    return {
      ...env,
      ...variables(this.#instance),
      AIRFLOW_HOME: this.#home,
      AIRFLOW__CORE__DAGS_FOLDER: join(clone, "dags"),
      AIRFLOW__CORE__LOAD_EXAMPLES: "False",
      // Leaves no bytecode beside the DAGs.
      PYTHONDONTWRITEBYTECODE: "1",
      ...(Object.fromEntries(settings) as Record<string, string>),
    };
  }

  async prepare(): Promise<void> {
    await promisify(execFile)(bin("airflow"), ["db", "migrate"], { env: this.#environment({}) });
  }

  /** Runs a DAG with options of the environment. */
  async run(dag: string, options: Readonly<Record<string, string>>): Promise<Outcome> {
    const report = join(this.#home, "report.json");
    rmSync(report, { force: true });
    const args = [join(import.meta.dirname, "run_dag.py"), dag, report];
    const env = this.#environment(options);
    const { stdout, stderr } = await promisify(execFile)(bin("python"), args, {
      env,
      maxBuffer: 64 << 20,
    });
    const outcome = JSON.parse(readFileSync(report, "utf8")) as Omit<Outcome, "log">;
    return { ...outcome, log: stdout + stderr };
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
