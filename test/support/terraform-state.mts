// A Terraform state as far as the tests make an account of it, or write others from it.
import type { ImageTagMutability } from "@aws-sdk/client-ecr";
import type { WebserverAccessMode } from "@aws-sdk/client-mwaa";

/** A state of version 4, as far as it is read here. */
export interface TerraformState {
  resources: {
    mode: string;
    type: string;
    name: string;
    instances: { index_key?: string | number; attributes: Attributes }[];
  }[];
}

export type Tags = Record<string, string>;
export interface Rule {
  protocol: string;
  from_port: number;
  to_port: number;
  cidr_blocks: string[];
  description: string;
  self: boolean;
}

/** What resources of all types have that is read here. */
export interface Attributes {
  id: string;
  arn: string;
  name: string;
  path: string;
  tags_all: Tags;
  cidr_block: string;
  vpc_id: string;
  availability_zone: string;
  map_public_ip_on_launch: boolean;
  allocation_id: string;
  public_ip: string;
  subnet_id: string;
  route_table_id: string;
  route: { cidr_block: string; gateway_id: string; nat_gateway_id: string }[];
  description: string;
  ingress: Rule[];
  egress: Rule[];
  policy: string;
  policy_arn: string;
  assume_role_policy: string;
  role: string;
  user: string;
  users: string[];
  group: string;
  bucket: string;
  image_tag_mutability: ImageTagMutability;
  image_scanning_configuration: { scan_on_push: boolean }[];
  compute_environment_name: string;
  compute_resources: { max_vcpus: number; subnets: string[]; security_group_ids: string[] }[];
  compute_environments: string[];
  service_role: string;
  priority: number;
  container_properties: string;
  airflow_version: string;
  airflow_configuration_options: Record<string, string>;
  dag_s3_path: string;
  requirements_s3_path: string | null;
  environment_class: string;
  execution_role_arn: string;
  source_bucket_arn: string;
  min_workers: number;
  max_workers: number;
  schedulers: number;
  webserver_access_mode: WebserverAccessMode;
  network_configuration: { subnet_ids: string[]; security_group_ids: string[] }[];
}
