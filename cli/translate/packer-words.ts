// What becomes of the keys of Packer that no key of a recipe stands for.

const bySsm = 'the pipeline reaches the builder through SSM: no SSH, no WinRM, no key, no open port';
const byRole = "the pipeline's role makes the calls";

/** What a post-processor of Packer is for here: first what the pipeline does anyway, then advice. */
export const postProcessors: [RegExp, string][] = [
  [/^manifest$/, 'every build writes manifest.json to the bucket'],
  [/^checksum$/, 'every image is read back before it is published'],
];
export const postAdvice: [RegExp, string][] = [
  [/^amazon-ami-management$/, 'write retire: { keep: … }, which removes old images that nobody uses'],
  [/./, 'a build ends with the publish; events tell of it (docs/launching.md)'],
];

/** What a recipe does not need to say, and why. Keys of Packer as prefixes. */
export const notNeeded: [RegExp, string][] = [
  [
    /^(communicator|ssh_|winrm_|temporary_key_pair|temporary_security_group|pause_before_connecting|ssh_interface|session_manager_port)/,
    bySsm,
  ],
  [
    /^(access_key|secret_key|token|profile|assume_role|mfa_code|shared_credentials_file|vault_aws_engine|max_retries|custom_endpoint_ec2|skip_credential_validation|skip_metadata_api_check|skip_region_validation)/,
    byRole,
  ],
  [/^aws_polling$/, 'image.timeout and timeout of a target bound the waits'],
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
  [/^vpc_id$/, 'the setting vpcId of the deployment, or builder.network.vpc'],
  [
    /^temporary_iam_instance_profile_policy_document$/,
    'make an instance profile with this policy, for builder.instanceProfile',
  ],
  [/^dynamic "/, 'Packer makes these blocks of a list; write each of them'],
  [/^deprecate_at$/, 'write retire.deprecateAfter, an age'],
  [
    /^(snapshot_users|snapshot_groups)$/,
    'accounts of a target may read the snapshots, and there is no separate list; distribute[].copyTo gives an account a copy of its own',
  ],
  [/^(placement|host_id)/, 'write builder.tenancy, builder.hostId or builder.placementGroup'],
  [/^block_duration_minutes$/, 'EC2 has no such Spot Instances any more'],
];

/** What to say of `only` and `except` of a provisioner that is for the source. */
export const applied: Record<string, string> = {
  only: 'applied: this source is in it',
  except: 'applied: this source is not in it',
};
