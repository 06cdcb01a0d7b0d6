// People, storage, jobs and Airflow of a Terraform state, made by plain API calls.
import {
  BatchClient,
  type ContainerProperties,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
} from "@aws-sdk/client-batch";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { CreateEnvironmentCommand, MWAAClient } from "@aws-sdk/client-mwaa";
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { type Builder, tagList } from "./terraform-builder.mts";

export async function makeIdentity(builder: Builder): Promise<void> {
  const iam = new IAMClient(builder.account);
  await builder.each("aws_iam_policy", (it) =>
    iam.send(
      new CreatePolicyCommand({
        PolicyName: it.name,
        Path: it.path,
        PolicyDocument: it.policy,
        Tags: tagList(it.tags_all),
        ...(it.description && { Description: it.description }),
      }),
    ),
  );
  await builder.each("aws_iam_role", (it) =>
    iam.send(
      new CreateRoleCommand({
        RoleName: it.name,
        Path: it.path,
        AssumeRolePolicyDocument: it.assume_role_policy,
        Tags: tagList(it.tags_all),
        ...(it.description && { Description: it.description }),
      }),
    ),
  );
  await builder.each("aws_iam_user", (it) =>
    iam.send(
      new CreateUserCommand({ UserName: it.name, Path: it.path, Tags: tagList(it.tags_all) }),
    ),
  );
  await builder.each("aws_iam_group", (it) =>
    iam.send(new CreateGroupCommand({ GroupName: it.name, Path: it.path })),
  );
  await builder.each("aws_iam_group_membership", async ({ group, users }) => {
    for (const UserName of users)
      await iam.send(new AddUserToGroupCommand({ GroupName: group, UserName }));
  });
  await builder.each("aws_iam_role_policy_attachment", (it) =>
    iam.send(new AttachRolePolicyCommand({ RoleName: it.role, PolicyArn: it.policy_arn })),
  );
  await builder.each("aws_iam_group_policy_attachment", (it) =>
    iam.send(new AttachGroupPolicyCommand({ GroupName: it.group, PolicyArn: it.policy_arn })),
  );
  await builder.each("aws_iam_user_policy_attachment", (it) =>
    iam.send(new AttachUserPolicyCommand({ UserName: it.user, PolicyArn: it.policy_arn })),
  );
}

export async function makeStorage(builder: Builder): Promise<void> {
  const s3 = new S3Client({ ...builder.account, forcePathStyle: true });
  const ecr = new ECRClient(builder.account);
  const { region } = builder.account;
  await builder.each("aws_ecr_repository", (it) =>
    ecr.send(
      new CreateRepositoryCommand({
        repositoryName: it.name,
        imageTagMutability: it.image_tag_mutability,
        imageScanningConfiguration: {
          scanOnPush: it.image_scanning_configuration[0]?.scan_on_push ?? false,
        },
        tags: tagList(it.tags_all),
      }),
    ),
  );
  await builder.each("aws_s3_bucket", async ({ bucket: Bucket, tags_all }) => {
    const LocationConstraint = region as BucketLocationConstraint;
    await s3.send(
      new CreateBucketCommand({
        Bucket,
        ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
      }),
    );
    const Tagging = { TagSet: tagList(tags_all) };
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }));
  });
  await builder.each("aws_s3_bucket_versioning", ({ bucket: Bucket }) =>
    s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
    ),
  );
  await builder.each("aws_s3_bucket_public_access_block", ({ bucket: Bucket }) =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    ),
  );
}

export async function makeJobs(builder: Builder): Promise<void> {
  const batch = new BatchClient(builder.account);
  await builder.each("aws_batch_job_definition", async ({ container_properties: text }) => {
    // The secret is no resource of the state: it was there before.
    for (const [arn, name = ""] of text.matchAll(
      /arn:[\w-]+:secretsmanager:[^"]+?:secret:([\w/]+)-\w{6}/g,
    ))
      if (!builder.made.has(arn)) builder.record(arn, await makeSecret(builder, name));
  });
  await builder.each("aws_batch_compute_environment", (it) =>
    batch.send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName: it.compute_environment_name,
        type: "MANAGED",
        state: "ENABLED",
        serviceRole: it.service_role,
        computeResources: {
          type: "FARGATE",
          maxvCpus: it.compute_resources[0]?.max_vcpus,
          subnets: it.compute_resources[0]?.subnets,
          securityGroupIds: it.compute_resources[0]?.security_group_ids,
        },
        tags: it.tags_all,
      }),
    ),
  );
  await builder.each("aws_batch_job_queue", (it) =>
    batch.send(
      new CreateJobQueueCommand({
        jobQueueName: it.name,
        state: "ENABLED",
        priority: it.priority,
        computeEnvironmentOrder: it.compute_environments.map((computeEnvironment, i) => ({
          order: i + 1,
          computeEnvironment,
        })),
        tags: it.tags_all,
      }),
    ),
  );
  await builder.each("aws_batch_job_definition", (it) =>
    batch.send(
      new RegisterJobDefinitionCommand({
        jobDefinitionName: it.name,
        type: "container",
        platformCapabilities: ["FARGATE"],
        containerProperties: JSON.parse(it.container_properties) as ContainerProperties,
        tags: it.tags_all,
      }),
    ),
  );
}

/** The local AWS has one of this name in its own region. */
async function makeSecret(builder: Builder, Name: string): Promise<string | undefined> {
  const secrets = new SecretsManagerClient(builder.account);
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const found = SecretList.find((secret) => secret.Name === Name);
  if (found) return found.ARN;
  const SecretString = JSON.stringify({ account: "test" });
  return (await secrets.send(new CreateSecretCommand({ Name, SecretString }))).ARN;
}

export async function makeAirflow(builder: Builder): Promise<void> {
  const mwaa = new MWAAClient({ ...builder.account, disableHostPrefix: true });
  const s3 = new S3Client({ ...builder.account, forcePathStyle: true });
  await builder.each("aws_mwaa_environment", async (it) => {
    const Bucket = it.source_bucket_arn.split(":::").at(-1);
    if (it.requirements_s3_path)
      await s3.send(
        new PutObjectCommand({ Bucket, Key: it.requirements_s3_path, Body: "# of a script\n" }),
      );
  });
  await builder.each("aws_mwaa_environment", (it) =>
    mwaa.send(
      new CreateEnvironmentCommand({
        Name: it.name,
        AirflowVersion: it.airflow_version,
        AirflowConfigurationOptions: it.airflow_configuration_options,
        DagS3Path: it.dag_s3_path,
        ...(it.requirements_s3_path && { RequirementsS3Path: it.requirements_s3_path }),
        EnvironmentClass: it.environment_class,
        ExecutionRoleArn: it.execution_role_arn,
        SourceBucketArn: it.source_bucket_arn,
        MinWorkers: it.min_workers,
        MaxWorkers: it.max_workers,
        Schedulers: it.schedulers,
        WebserverAccessMode: it.webserver_access_mode,
        NetworkConfiguration: {
          SubnetIds: it.network_configuration[0]?.subnet_ids,
          SecurityGroupIds: it.network_configuration[0]?.security_group_ids,
        },
        Tags: it.tags_all,
      }),
    ),
  );
}
