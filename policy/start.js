const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");
const ts = require("typescript");

// The SDK's runner would check types and compile every file, which costs a preview 8 s; `make test` checks them. Here
// each file is compiled once, and kept with the hash of its text.
const cache = join(__dirname, "..", ".local", "policy");
const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
  inlineSourceMap: true,
};
process.setSourceMapsEnabled(true);

require.extensions[".ts"] = (module, file) => {
  const text = readFileSync(file, "utf8");
  const how = JSON.stringify([ts.version, compilerOptions]);
  const hash = createHash("sha256").update(how).update(text).digest("hex");
  module._compile(compiled(file, text, `\n// ${hash}\n`), file);
};

function compiled(fileName, text, end) {
  const file = join(cache, `${relative(__dirname, fileName)}.js`);
  const kept = read(file);
  if (kept?.endsWith(end)) return kept;
  const code = ts.transpileModule(text, { fileName, compilerOptions }).outputText + end;
  keep(file, code);
  return code;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Where nothing can be written, files are compiled each time. */
function keep(file, code) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Under a name of its own first: another pack that starts now reads all of it or nothing.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    return;
  }
}

require("./index");
