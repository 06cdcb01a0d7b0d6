const { register, REGISTER_INSTANCE } = require("ts-node");

// The SDK's runner checks types, whatever tsconfig.json says, which costs a preview 7 s; `make test` checks them.
process[REGISTER_INSTANCE]?.enabled(false);
register({ transpileOnly: true, cwd: __dirname });
require("./index");
