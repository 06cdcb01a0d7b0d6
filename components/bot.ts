import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Grantee } from "./attachment.ts";
import type { Context } from "./lib/context.ts";
import { atPath, bounded } from "./lib/iam.ts";

export interface BotArgs {
  readonly context: Context;
}

/**
 * The IAM user that GitHub Actions works as. Its access keys are made by hand and kept in GitHub alone:
 * a key made here would stand in the stack's state.
 */
export class Bot extends pulumi.ComponentResource {
  readonly user: aws.iam.User;
  /** What the bot's policies are attached to: its group, or the user itself as in the reference. */
  readonly grantee: Grantee;

  constructor(name: string, args: BotArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dse:platform:Bot", name, {}, opts);
    const { names, posture } = args.context;
    this.user = new aws.iam.User(
      name,
      { ...bounded(args.context), name: names.bot },
      { parent: this },
    );
    this.grantee = posture["bot-group"] ? this.#createGroup(name, args.context) : this.user;
    this.registerOutputs();
  }

  #createGroup(name: string, context: Context): aws.iam.Group {
    const groupName = context.names.bot;
    const group = new aws.iam.Group(
      name,
      { ...atPath(context), name: groupName },
      { parent: this },
    );
    new aws.iam.GroupMembership(
      name,
      { name: `${groupName}-membership`, group: group.name, users: [this.user.name] },
      { parent: this },
    );
    return group;
  }
}
