/**
 * Types that take tags, by service: those of the services that the platform is made of, and of their neighbours. A test
 * holds them to the SDK.
 */
const names = {
  batch: `
    ComputeEnvironment JobDefinition JobQueue SchedulingPolicy
  `,
  budgets: `
    Budget BudgetAction
  `,
  cloudwatch: `
    AlarmMuteRule CompositeAlarm ContributorInsightRule ContributorManagedInsightRule EventBus EventRule
    InternetMonitor LogAnomalyDetector LogDelivery LogDeliveryDestination LogDeliverySource
    LogDestination LogGroup MetricAlarm MetricStream
  `,
  ec2: `
    Ami AmiCopy AmiFromInstance CapacityBlockReservation CapacityReservation CarrierGateway
    CustomerGateway DedicatedHost DefaultNetworkAcl DefaultRouteTable DefaultSecurityGroup DefaultSubnet
    DefaultVpc DefaultVpcDhcpOptions EgressOnlyInternetGateway Eip EncryptionControl Fleet FlowLog
    Instance InternetGateway KeyPair LaunchTemplate LocalGatewayRouteTable
    LocalGatewayRouteTableVirtualInterfaceGroupAssociation LocalGatewayRouteTableVpcAssociation
    ManagedPrefixList NatGateway NetworkAcl NetworkInsightsAccessScope NetworkInsightsAnalysis
    NetworkInsightsPath NetworkInterface PlacementGroup RouteTable SecondaryNetwork SecondarySubnet
    SecurityGroup SpotFleetRequest SpotInstanceRequest Subnet TrafficMirrorFilter TrafficMirrorSession
    TrafficMirrorTarget Vpc VpcBlockPublicAccessExclusion VpcDhcpOptions VpcEncryptionControl
    VpcEndpoint VpcEndpointService VpcIpam VpcIpamPool VpcIpamPoolCidrAllocation
    VpcIpamResourceDiscovery VpcIpamResourceDiscoveryAssociation VpcIpamScope VpcPeeringConnection
    VpcPeeringConnectionAccepter VpnConcentrator VpnConnection VpnGateway
  `,
  ecr: `
    Repository
  `,
  iam: `
    InstanceProfile OpenIdConnectProvider Policy Role SamlProvider ServerCertificate ServiceLinkedRole
    User VirtualMfaDevice
  `,
  kms: `
    ExternalKey Key ReplicaExternalKey ReplicaKey
  `,
  lambda: `
    CapacityProvider CodeSigningConfig EventSourceMapping Function MicrovmsImage
  `,
  mwaa: `
    Environment
  `,
  s3: `
    AccessPoint Bucket BucketObject BucketObjectv2 BucketV2 DirectoryBucket FilesAccessPoint
    FilesFileSystem ObjectCopy VectorsIndex VectorsVectorBucket
  `,
  secretsmanager: `
    Secret
  `,
  sns: `
    Topic
  `,
  sqs: `
    Queue
  `,
  vpc: `
    RouteServer RouteServerEndpoint RouteServerPeer SecurityGroupEgressRule SecurityGroupIngressRule
  `,
};

/** Their tokens. */
export const taggable: string[] = Object.entries(names).flatMap(([service, types]) =>
  types
    .trim()
    .split(/\s+/)
    .map((type) => `aws:${service}/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`),
);

/** The services whose types are known here. */
export const taggedServices = Object.keys(names);
