// The args of the components, as their interfaces say.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { type Doc, docOf } from "./source.ts";

export interface Arg {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly doc: Doc;
}

export interface Component {
  readonly name: string;
  /** Such as `dse:platform:Vpc`. */
  readonly token: string;
  readonly file: string;
  readonly doc: Doc;
  readonly args: readonly Arg[];
}

const FOLDER = join(import.meta.dirname, "../../components");

export class Sources {
  readonly #interfaces = new Map<string, ts.InterfaceDeclaration>();
  readonly #classes: ts.ClassDeclaration[] = [];

  constructor() {
    const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).sort();
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const text = readFileSync(join(FOLDER, file), "utf8");
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      for (const statement of source.statements) {
        if (ts.isInterfaceDeclaration(statement))
          this.#interfaces.set(statement.name.text, statement);
        if (ts.isClassDeclaration(statement) && isComponent(statement))
          this.#classes.push(statement);
      }
    }
  }

  /** Every component. Throws where one, or one of its args, has no docstring. */
  components(): Component[] {
    return this.#classes.map((declaration) => {
      const { name } = declaration;
      const args = declaration.members.find(ts.isConstructorDeclaration)?.parameters[1]?.type;
      const file = declaration.getSourceFile().fileName;
      const label = `components/${file}: ${name?.text}`;
      return {
        name: name?.text ?? "",
        token: /super\(\s*"([^"]+)"/.exec(declaration.getText())?.[1] ?? "",
        file,
        doc: documented(declaration, label),
        args: args ? this.#argsOf(args.getText(), label) : [],
      };
    });
  }

  #argsOf(interfaceName: string, label: string): Arg[] {
    const declaration = this.#interfaces.get(interfaceName);
    if (!declaration) throw new Error(`${label}: no interface ${interfaceName} in components/`);
    const inherited = (declaration.heritageClauses ?? [])
      .flatMap(({ types }) => types.map((type) => type.getText()))
      .flatMap((base) => this.#argsOf(base, label));
    const own = declaration.members.filter(ts.isPropertySignature).map((member) => {
      const name = member.name.getText();
      const type = (member.type?.getText() ?? "").replaceAll(
        /\/\*\*[^]*?\*\/|\s*\breadonly(?= \w+[?:])/g,
        "",
      );
      // An arg of an interface of its own is what that says.
      const documentedType = this.#interfaces.get(type);
      const doc = docOf(member) ?? (documentedType && docOf(documentedType));
      if (!doc?.text && doc?.default === undefined)
        throw new Error(`${label}: its arg ${name} has no docstring`);
      return { name, type, optional: member.questionToken !== undefined, doc };
    });
    return [...new Map([...inherited, ...own].map((arg) => [arg.name, arg])).values()];
  }
}

const isComponent = ({ heritageClauses = [] }: { heritageClauses?: Iterable<ts.Node> }) =>
  [...heritageClauses].some((clause) => /\bComponentResource\b/.test(clause.getText()));

function documented(node: ts.Node, label: string): Doc {
  const doc = docOf(node);
  if (!doc?.text) throw new Error(`${label} has no docstring`);
  return doc;
}
