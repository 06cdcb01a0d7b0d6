import { covers } from "./document.ts";

/**
 * Actions of the services that the platform grants, by what they are about: the start of the last part of its ARN,
 * or `nothing` where AWS takes no resource but `*`. `*` is any resource of the service, `bucket` and `object` are S3's.
 * From the service authorization reference, in the copy of it that parliament 1.6.4 has.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const actionTable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  airflow: {
    nothing: "ListEnvironments",
    "environment/": `
      CreateCliToken CreateEnvironment DeleteEnvironment GetEnvironment ListTagsForResource PublishMetrics TagResource
      UntagResource UpdateEnvironment`,
    "role/": "CreateWebLoginToken InvokeRestApi",
  },
  batch: {
    nothing: `
      DescribeComputeEnvironments DescribeJobDefinitions DescribeJobQueues DescribeJobs DescribeSchedulingPolicies
      ListJobs ListSchedulingPolicies`,
    "compute-environment/":
      "CreateComputeEnvironment DeleteComputeEnvironment UpdateComputeEnvironment",
    "compute-environment/ job-definition/ job-queue/ job/ scheduling-policy/":
      "ListTagsForResource TagResource UntagResource",
    "compute-environment/ job-queue/ scheduling-policy/": "CreateJobQueue UpdateJobQueue",
    "job-definition/": "DeregisterJobDefinition RegisterJobDefinition",
    "job-definition/ job-queue/ job/": "SubmitJob",
    "job-queue/": "DeleteJobQueue GetJobQueueSnapshot",
    "job/": "CancelJob TerminateJob",
    "scheduling-policy/": "CreateSchedulingPolicy DeleteSchedulingPolicy UpdateSchedulingPolicy",
  },
  cloudwatch: {
    nothing: `
      BatchGetServiceLevelIndicatorReport CreateServiceLevelObjective DeleteAnomalyDetector DescribeAlarmsForMetric
      DescribeAnomalyDetectors DescribeInsightRules EnableTopologyDiscovery GenerateQuery GetMetricData
      GetMetricStatistics GetMetricWidgetImage GetTopologyDiscoveryStatus GetTopologyMap Link ListDashboards
      ListEntitiesForMetric ListManagedInsightRules ListMetricStreams ListMetrics ListServiceLevelObjectives
      ListServices PutAnomalyDetector PutManagedInsightRules PutMetricData`,
    "alarm:": `
      DeleteAlarms DescribeAlarmHistory DescribeAlarms DisableAlarmActions EnableAlarmActions PutCompositeAlarm
      PutMetricAlarm SetAlarmState`,
    "alarm: insight-rule/ slo/": "ListTagsForResource TagResource UntagResource",
    "dashboard/": "DeleteDashboards GetDashboard PutDashboard",
    "insight-rule/":
      "DeleteInsightRules DisableInsightRules EnableInsightRules GetInsightRuleReport PutInsightRule",
    "metric-stream/":
      "DeleteMetricStream GetMetricStream PutMetricStream StartMetricStreams StopMetricStreams",
    "service/": "GetService GetServiceData",
    "slo/": `
      BatchGetServiceLevelObjectiveBudgetReport DeleteServiceLevelObjective GetServiceLevelObjective
      UpdateServiceLevelObjective`,
  },
  ecr: {
    nothing: `
      BatchImportUpstreamImage CreatePullThroughCacheRule CreateRepositoryCreationTemplate DeletePullThroughCacheRule
      DeleteRegistryPolicy DeleteRepositoryCreationTemplate DescribePullThroughCacheRules DescribeRegistry
      DescribeRepositoryCreationTemplates GetAccountSetting GetAuthorizationToken GetRegistryPolicy
      GetRegistryScanningConfiguration PutAccountSetting PutRegistryPolicy PutRegistryScanningConfiguration
      PutReplicationConfiguration UpdatePullThroughCacheRule UpdateRepositoryCreationTemplate
      ValidatePullThroughCacheRule`,
    "repository/": `
      BatchCheckLayerAvailability BatchDeleteImage BatchGetImage BatchGetRepositoryScanningConfiguration
      CompleteLayerUpload CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy
      DescribeImageReplicationStatus DescribeImageScanFindings DescribeImages DescribeRepositories
      GetDownloadUrlForLayer GetLifecyclePolicy GetLifecyclePolicyPreview GetRepositoryPolicy InitiateLayerUpload
      ListImages ListTagsForResource PutImage PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy
      ReplicateImage SetRepositoryPolicy StartImageScan StartLifecyclePolicyPreview TagResource UntagResource
      UploadLayerPart`,
  },
  events: {
    nothing: `
      ListApiDestinations ListArchives ListConnections ListEndpoints ListEventBuses ListEventSources
      ListPartnerEventSources ListReplays ListRuleNamesByTarget ListRules PutPartnerEvents PutPermission
      RemovePermission TestEventPattern`,
    "api-destination/": "DeleteApiDestination InvokeApiDestination UpdateApiDestination",
    "api-destination/ connection/": "CreateApiDestination DescribeApiDestination",
    "archive/": "DeleteArchive DescribeArchive UpdateArchive",
    "archive/ event-bus/": "CreateArchive",
    "archive/ event-bus/ replay/": "StartReplay",
    "connection/": `
      CreateConnection DeauthorizeConnection DeleteConnection DescribeConnection RetrieveConnectionCredentials
      UpdateConnection`,
    "endpoint/": "CreateEndpoint DeleteEndpoint DescribeEndpoint UpdateEndpoint",
    "event-bus/": "CreateEventBus DeleteEventBus DescribeEventBus PutEvents UpdateEventBus",
    "event-bus/ rule/": "ListTagsForResource TagResource UntagResource",
    "event-source/": `
      ActivateEventSource CreatePartnerEventSource DeactivateEventSource DeletePartnerEventSource DescribeEventSource
      DescribePartnerEventSource ListPartnerEventSourceAccounts`,
    "replay/": "CancelReplay DescribeReplay",
    "rule/":
      "DeleteRule DescribeRule DisableRule EnableRule ListTargetsByRule PutRule PutTargets RemoveTargets",
  },
  iam: {
    nothing: `
      CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy DeleteCloudFrontPublicKey
      DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions
      EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions GenerateCredentialReport
      GetAccountAuthorizationDetails GetAccountEmailAddress GetAccountName GetAccountPasswordPolicy GetAccountSummary
      GetCloudFrontPublicKey GetContextKeysForCustomPolicy GetCredentialReport GetOrganizationsAccessReport
      GetServiceLastAccessedDetails GetServiceLastAccessedDetailsWithEntities ListAccountAliases
      ListCloudFrontPublicKeys ListGroups ListInstanceProfiles ListOpenIDConnectProviders ListOrganizationsFeatures
      ListPolicies ListRoles ListSAMLProviders ListSTSRegionalEndpointsStatus ListServerCertificates ListUsers
      ListVirtualMFADevices SetSTSRegionalEndpointStatus SetSecurityTokenServicePreferences SimulateCustomPolicy
      UpdateAccountEmailAddress UpdateAccountName UpdateAccountPasswordPolicy UpdateCloudFrontPublicKey
      UploadCloudFrontPublicKey`,
    "access-report/": "GenerateOrganizationsAccessReport",
    "group/": `
      AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup
      GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup UpdateGroup`,
    "group/ policy/ role/ user/": "GenerateServiceLastAccessedDetails",
    "group/ role/ user/":
      "GetContextKeysForPrincipalPolicy ListPoliciesGrantingServiceAccess SimulatePrincipalPolicy",
    "instance-profile/": `
      AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile ListInstanceProfileTags
      RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
    "mfa/": "CreateVirtualMFADevice ListMFADeviceTags TagMFADevice UntagMFADevice",
    "mfa/ sms-mfa/": "DeleteVirtualMFADevice",
    "oidc-provider/": `
      AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider
      GetOpenIDConnectProvider ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider
      TagOpenIDConnectProvider UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint`,
    "policy/": `
      CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion
      ListEntitiesForPolicy ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy`,
    "role/": `
      AttachRolePolicy CreateRole CreateServiceLinkedRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy
      DeleteServiceLinkedRole DetachRolePolicy GetRole GetRolePolicy GetServiceLinkedRoleDeletionStatus
      ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags PassRole
      PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole
      UpdateRoleDescription`,
    "saml-provider/": `
      CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviderTags TagSAMLProvider UntagSAMLProvider
      UpdateSAMLProvider`,
    "server-certificate/": `
      DeleteServerCertificate GetServerCertificate ListServerCertificateTags TagServerCertificate
      UntagServerCertificate UpdateServerCertificate UploadServerCertificate`,
    "user/": `
      AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential CreateUser
      DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteSSHPublicKey DeleteServiceSpecificCredential
      DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy
      EnableMFADevice GetAccessKeyLastUsed GetLoginProfile GetMFADevice GetSSHPublicKey GetUser GetUserPolicy
      ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListSSHPublicKeys
      ListServiceSpecificCredentials ListSigningCertificates ListUserPolicies ListUserTags PutUserPermissionsBoundary
      PutUserPolicy ResetServiceSpecificCredential ResyncMFADevice TagUser UntagUser UpdateAccessKey
      UpdateLoginProfile UpdateSSHPublicKey UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser
      UploadSSHPublicKey UploadSigningCertificate`,
  },
  // Of its 700 actions those that read, of which nearly all are about nothing.
  ec2: {
    nothing: "Describe*",
    "*": `
      DescribeCapacityBlockExtensionHistory DescribeCapacityBlockExtensionOfferings
      DescribeClientVpnAuthorizationRules DescribeClientVpnConnections DescribeClientVpnEndpoints
      DescribeClientVpnRoutes DescribeClientVpnTargetNetworks DescribeFleetHistory DescribeFleetInstances
      DescribeFpgaImageAttribute DescribeImageAttribute DescribeInstanceAttribute DescribeSecurityGroupReferences
      DescribeSnapshotAttribute DescribeSpotFleetInstances DescribeSpotFleetRequestHistory DescribeVolumeAttribute
      DescribeVpcAttribute DescribeVpcEndpointAssociations DescribeVpcEndpointServicePermissions`,
  },
  kms: {
    nothing: `
      ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores
      DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants UpdateCustomKeyStore`,
    "alias/ key/": "CreateAlias DeleteAlias UpdateAlias",
    "key/": `
      CancelKeyDeletion CreateGrant Decrypt DeleteImportedKeyMaterial DeriveSharedSecret DescribeKey DisableKey
      DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyPair
      GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetKeyPolicy
      GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListGrants ListKeyPolicies
      ListKeyRotations ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo ReplicateKey RetireGrant RevokeGrant
      RotateKeyOnDemand ScheduleKeyDeletion Sign SynchronizeMultiRegionKey TagResource UntagResource
      UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac`,
  },
  logs: {
    nothing: `
      CancelExportTask CreateLogDelivery DeleteAccountPolicy DeleteIndexPolicy DeleteIntegration DeleteLogDelivery
      DeleteQueryDefinition DeleteResourcePolicy DescribeAccountPolicies DescribeConfigurationTemplates
      DescribeDeliveries DescribeDeliveryDestinations DescribeDeliverySources DescribeDestinations DescribeExportTasks
      DescribeFieldIndexes DescribeIndexPolicies DescribeLogGroups DescribeQueries DescribeQueryDefinitions
      DescribeResourcePolicies GetIntegration GetLogDelivery Link ListEntitiesForLogGroup ListIntegrations
      ListLogDeliveries ListLogGroupsForEntity ListLogGroupsForQuery PutAccountPolicy PutIndexPolicy PutIntegration
      PutQueryDefinition PutResourcePolicy StopLiveTail StopQuery TestMetricFilter TestTransformer UpdateLogDelivery`,
    "anomaly-detector:": `
      DeleteLogAnomalyDetector GetLogAnomalyDetector ListAnomalies ListLogAnomalyDetectors UpdateAnomaly
      UpdateLogAnomalyDetector`,
    "anomaly-detector: delivery-destination: delivery-source: delivery: destination: log-group:":
      "ListTagsForResource TagResource UntagResource",
    "delivery-destination:": `
      DeleteDeliveryDestination DeleteDeliveryDestinationPolicy DeleteDeliverySource GetDeliveryDestination
      GetDeliveryDestinationPolicy PutDeliveryDestination PutDeliveryDestinationPolicy`,
    "delivery-destination: delivery-source: delivery:":
      "CreateDelivery UpdateDeliveryConfiguration",
    "delivery-source:": "GetDeliverySource PutDeliverySource",
    "delivery:": "DeleteDelivery GetDelivery",
    "destination:": "DeleteDestination PutDestination PutDestinationPolicy",
    "destination: log-group:": "PutSubscriptionFilter",
    "log-group:": `
      AssociateKmsKey CreateExportTask CreateLogAnomalyDetector CreateLogGroup CreateLogStream
      DeleteDataProtectionPolicy DeleteLogGroup DeleteLogStream DeleteMetricFilter DeleteRetentionPolicy
      DeleteSubscriptionFilter DeleteTransformer DescribeLogStreams DescribeMetricFilters DescribeSubscriptionFilters
      DisassociateKmsKey FilterLogEvents GetDataProtectionPolicy GetLogEvents GetLogGroupFields GetLogRecord
      GetQueryResults GetTransformer ListTagsLogGroup PutDataProtectionPolicy PutLogEvents PutMetricFilter
      PutRetentionPolicy PutTransformer StartLiveTail StartQuery TagLogGroup Unmask UntagLogGroup`,
  },
  s3: {
    nothing: `
      CreateJob CreateStorageLensGroup GetAccessPoint GetAccountPublicAccessBlock ListAccessGrantsInstances
      ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets ListJobs ListMultiRegionAccessPoints
      ListStorageLensConfigurations ListStorageLensGroups PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock
      PutStorageLensConfiguration`,
    bucket: `
      CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration
      DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAcl
      GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification
      GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus
      GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
      GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
      GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket
      ListBucketMultipartUploads ListBucketVersions PauseReplication PutAccelerateConfiguration
      PutAnalyticsConfiguration PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification
      PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock
      PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
      PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration
      PutReplicationConfiguration`,
    object: `
      AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
      DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
      GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAttributes
      GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication
      ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold
      PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject
      ReplicateTags RestoreObject`,
  },
  secretsmanager: {
    nothing: "BatchGetSecretValue GetRandomPassword ListSecrets",
    "secret:": `
      CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy
      GetSecretValue ListSecretVersionIds PutResourcePolicy PutSecretValue RemoveRegionsFromReplication
      ReplicateSecretToRegions RestoreSecret RotateSecret StopReplicationToReplica TagResource UntagResource
      UpdateSecret UpdateSecretVersionStage ValidateResourcePolicy`,
  },
  sns: {
    nothing: `
      CheckIfPhoneNumberIsOptedOut CreatePlatformApplication CreatePlatformEndpoint CreateSMSSandboxPhoneNumber
      DeleteEndpoint DeletePlatformApplication DeleteSMSSandboxPhoneNumber GetEndpointAttributes
      GetPlatformApplicationAttributes GetSMSAttributes GetSMSSandboxAccountStatus GetSubscriptionAttributes
      ListEndpointsByPlatformApplication ListOriginationNumbers ListPhoneNumbersOptedOut ListPlatformApplications
      ListSMSSandboxPhoneNumbers ListSubscriptions ListTopics OptInPhoneNumber SetEndpointAttributes
      SetPlatformApplicationAttributes SetSMSAttributes SetSubscriptionAttributes Unsubscribe
      VerifySMSSandboxPhoneNumber`,
    "*": `
      AddPermission ConfirmSubscription CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes
      ListSubscriptionsByTopic ListTagsForResource Publish PutDataProtectionPolicy RemovePermission SetTopicAttributes
      Subscribe TagResource UntagResource`,
  },
  sqs: {
    nothing: "ListQueues",
    "*": `
      AddPermission CancelMessageMoveTask ChangeMessageVisibility CreateQueue DeleteMessage DeleteQueue
      GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags PurgeQueue
      ReceiveMessage RemovePermission SendMessage SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue`,
  },
  sts: {
    nothing:
      "DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity GetServiceBearerToken GetSessionToken",
  },
};

/**
 * Reads of what there is and how it is set up, never of what is in it. AWS takes a resource for them, but who looks
 * around needs them for all of a kind. The pages of the services in the service authorization reference.
 */
const inventories = [
  "cloudwatch:DescribeAlarms",
  "ec2:DescribeVpcAttribute",
  "iam:GetOpenIDConnectProvider",
  "s3:GetBucketLocation",
  "secretsmanager:DescribeSecret",
  "secretsmanager:GetResourcePolicy",
];

/**
 * Actions that make something whose id AWS makes up, and what that is, as in the table: no ARN can name it before.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const creations: Readonly<Record<string, string>> = {
  "batch:SubmitJob": "job/",
  "ec2:AllocateAddress": "*",
  "ec2:CreateFlowLogs": "*",
  "ec2:CreateInternetGateway": "*",
  "ec2:CreateNatGateway": "*",
  "ec2:CreateNetworkAcl": "*",
  "ec2:CreateNetworkInterface": "*",
  "ec2:CreateRouteTable": "*",
  "ec2:CreateSecurityGroup": "*",
  "ec2:CreateSubnet": "*",
  "ec2:CreateVpc": "*",
  "ec2:CreateVpcEndpoint": "*",
};

/**
 * Names with a wildcard that add no right besides the one that is meant, or that AWS itself grants so.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-users
 * https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
 */
export const acceptedWildcards: readonly string[] = [
  // With and without the plain text, for services that encrypt.
  "kms:GenerateDataKey*",
  "kms:ReEncrypt*",
  // Reads of a bucket's settings and of objects in every version, in the policy that AWS gives for Airflow.
  "s3:GetBucket*",
  "s3:GetObject*",
  "s3:List*",
];

/**
 * What gives its holder, or whoever it is used on, more rights than they have. Those of IAM are of its access level
 * "Permissions management", and AddUserToGroup.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const rightsActions: readonly string[] = [
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreatePolicyVersion",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DeleteUserPermissionsBoundary",
  "iam:DeleteUserPolicy",
  "iam:DetachRolePolicy",
  "iam:DetachUserPolicy",
  "iam:PutGroupPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPermissionsBoundary",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
];

/**
 * What lets its holder work as somebody else, where it is of more than themselves.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export const credentialActions: readonly string[] = [
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:PassRole",
  "iam:ResetServiceSpecificCredential",
  "iam:UpdateLoginProfile",
  "sts:AssumeRole",
];

/**
 * AWS's own policies that are about everything, or about who may do what.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
 */
export const broadPolicies: readonly string[] = [
  "AdministratorAccess",
  "AdministratorAccess-*",
  "IAMFullAccess",
  "PowerUserAccess",
  "job-function/*Administrator",
];

interface Entry {
  readonly action: string;
  readonly kinds: readonly string[];
}

const services: readonly (readonly [string, readonly Entry[]])[] = Object.entries(actionTable).map(
  ([service, groups]) => [
    service,
    Object.entries(groups).flatMap(([kinds, names]) =>
      names
        .trim()
        .split(/\s+/)
        .map((name) => ({
          action: `${service}:${name}`,
          kinds: kinds === "nothing" ? [] : kinds.split(" "),
        })),
    ),
  ],
);

/** What is known of the actions that a pattern covers; nothing where the service is not listed. */
function entriesOf(pattern: string): Entry[] {
  return services
    .filter(([service]) => covers(serviceOf(pattern), service))
    .flatMap(([, entries]) => entries)
    .filter(({ action }) => covers(pattern, action) || covers(action, pattern));
}

const serviceOf = (action: string): string => action.replace(/:.*/, "");

/** Whether AWS can limit what the pattern covers to resources, and someone may need that. */
export function takesResources(pattern: string): boolean {
  if (inventories.some((action) => covers(action, pattern))) return false;
  const found = entriesOf(pattern);
  return found.length === 0 || found.some(({ kinds }) => kinds.length > 0);
}

/** Whether the resource is what the action itself makes, and so has no name that a policy could have. */
export function isMadeBy(action: string, resource: string): boolean {
  const { path } = partsOf(resource);
  return Object.entries(creations).some(
    ([creation, kind]) => covers(creation, action) && (kind === "*" || path.startsWith(kind)),
  );
}

/** Whether something that the pattern covers is about something that the resource covers, as far as is known. */
export function isAbout(pattern: string, resource: string): boolean {
  const found = entriesOf(pattern);
  return found.length === 0 || found.some((entry) => fits(entry, resource));
}

function fits({ action, kinds }: Entry, resource: string): boolean {
  const { service, path } = partsOf(resource);
  // S3 takes every bucket for no resource.
  if (kinds.length === 0) return path === "*";
  return covers(service, serviceOf(action)) && kinds.some((kind) => isOfKind(path, kind));
}

/** Of a pattern that ends early, as `*` and `arn:aws:iam::*` do, the last wildcard is all the rest. */
function partsOf(resource: string): { readonly service: string; readonly path: string } {
  const [, , service = "*", , , ...rest] = resource.split(":");
  return { service, path: rest.length > 0 ? rest.join(":") : "*" };
}

function isOfKind(path: string, kind: string): boolean {
  if (kind === "*") return true;
  if (kind === "bucket") return !path.includes("/");
  if (kind === "object") return /[/*]/.test(path);
  const literal = path.replace(/[*?].*/, "");
  return literal.startsWith(kind) || (literal !== path && kind.startsWith(literal));
}

/** Whether the pattern is all of AWS, of a service, or of one kind of its resources: `*`, `arn:…:secret:*`. */
export function namesNothing(resource: string): boolean {
  const { service, path } = partsOf(resource);
  // A bucket's name stands at the start, where other services have the kind.
  const name = service === "s3" ? path : path.replace(/^[a-z-]+[:/]/i, "");
  return /^[*?/:]*$/.test(name);
}
