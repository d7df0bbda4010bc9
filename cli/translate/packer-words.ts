// What becomes of the keys of Packer that no key of a recipe stands for.

const bySsm = 'the pipeline reaches the builder through SSM: no SSH, no WinRM, no key, no open port';
const byRole = "the pipeline's role makes the calls";

/** What a recipe does not need to say, and why. Keys of Packer as prefixes. */
export const notNeeded: [RegExp, string][] = [
  [
    /^(communicator|ssh_|winrm_|temporary_key_pair|temporary_security_group|pause_before_connecting|ssh_interface|session_manager_port)/,
    bySsm,
  ],
  [
    /^(access_key|secret_key|token|profile|assume_role|mfa_code|shared_credentials_file|vault_aws_engine|max_retries|aws_polling|custom_endpoint_ec2|skip_credential_validation|skip_metadata_api_check|skip_region_validation)/,
    byRole,
  ],
  [/^region$/, 'the region in which the pipeline is deployed; the target home stands for it'],
  [
    /^(force_deregister|force_delete_snapshot)$/,
    'every build has a name of its own; the key retire removes old images',
  ],
  [/^(ena_support|sriov_support|boot_mode|ami_virtualization_type)$/, 'the image has what its source has'],
  [
    /^(shutdown_behavior|disable_stop_instance|enable_nitro_enclave)$/,
    'the pipeline stops the builder before it makes the image',
  ],
  [
    /^(run_volume_tags?|run_tag|fleet_tags?|spot_tags?|snapshot_tags?)$/,
    'the pipeline tags everything that it makes; snapshots have the tags of the image',
  ],
  [
    /^(skip_create_ami|skip_save_build_region|ssm_parameter)/,
    'a build makes an image in its own region, or fails and is undone',
  ],
];

/** What to do about what has no key in a recipe. */
export const advice: [RegExp, string][] = [
  [/^subnet_filter$/, 'write builder.network.subnets: tags by which subnets are found'],
  [/^vpc_filter$/, 'write builder.network.vpc: tags by which a VPC is found'],
  [/^vpc_id$/, 'the setting vpcId of the deployment, or builder.network.vpc'],
  [/^security_group_filter$/, 'write builder.network.securityGroups: tags by which groups are found'],
  [/^deprecate_at$/, 'write retire.deprecateAfter, an age'],
  [
    /^(snapshot_users|snapshot_groups)$/,
    'the pipeline keeps snapshots private; write distribute[].copyTo, so that an account gets a copy of its own',
  ],
  [/^(placement|host_id)/, 'write builder.tenancy, builder.hostId or builder.placementGroup'],
  [/^block_duration_minutes$/, 'EC2 has no such Spot Instances any more'],
];
