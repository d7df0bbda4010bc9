packer {
  required_version = ">= 1.9.0"
  required_plugins {
    amazon = {
      version = "~> 1.3"
      source  = "github.com/hashicorp/amazon"
    }
    ansible = {
      version = "~> 1.1"
      source  = "github.com/hashicorp/ansible"
    }
  }
}

variable "aws_region" {
  type    = string
  default = "eu-central-1"
}

variable "ami_regions" {
  type    = list(string)
  default = ["eu-central-1", "eu-west-1"]
}

variable "share_with" {
  type    = list(string)
  default = []
}

variable "db_password" {
  type      = string
  sensitive = true
  default   = "changeme"
}

variable "volumes" {
  type = list(object({
    device = string
    size   = number
  }))
  default = [
    { device = "/dev/sdf", size = 20 },
    { device = "/dev/sdg", size = 40 },
  ]
}

data "amazon-ami" "al2023" {
  filters = {
    name                = "al2023-ami-2023.*-x86_64"
    root-device-type    = "ebs"
    virtualization-type = "hvm"
    architecture        = "x86_64"
  }
  most_recent = true
  owners      = ["amazon"]
  region      = var.aws_region
}

data "amazon-secretsmanager" "token" {
  name = "ci/token"
  key  = "token"
}

locals {
  timestamp = formatdate("YYYYMMDDhhmmss", timestamp())
  ami_name  = "acme-al2023-base-${local.timestamp}"
  tags = {
    Owner     = "platform"
    SourceAMI = data.amazon-ami.al2023.id
  }
}

source "amazon-ebs" "al2023" {
  ami_name                    = local.ami_name
  ami_description             = "Acme AL2023 base"
  instance_type               = "t3.small"
  region                      = var.aws_region
  source_ami                  = data.amazon-ami.al2023.id
  ssh_username                = "ec2-user"
  ssh_interface               = "session_manager"
  communicator                = "ssh"
  iam_instance_profile        = "packer-ssm"
  ami_regions                 = var.ami_regions
  ami_users                   = var.share_with
  associate_public_ip_address = false
  encrypt_boot                = true
  deregistration_protection {
    enabled = true
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
  dynamic "launch_block_device_mappings" {
    for_each = var.volumes
    content {
      device_name           = launch_block_device_mappings.value.device
      volume_size           = launch_block_device_mappings.value.size
      volume_type           = "gp3"
      delete_on_termination = true
    }
  }
  vpc_filter {
    filters = {
      "tag:Name" = "build"
    }
  }
  subnet_filter {
    filters = {
      "tag:Class" = "build"
    }
    most_free = true
    random    = false
  }
  tags = merge(local.tags, { Name = local.ami_name })
  run_tags = {
    Name = "packer-al2023"
  }
  snapshot_tags = local.tags
  aws_polling {
    delay_seconds = 30
    max_attempts  = 120
  }
}

build {
  hcp_packer_registry {
    bucket_name = "al2023"
    description = "base"
    bucket_labels = { team = "platform" }
  }
  sources = ["source.amazon-ebs.al2023"]

  provisioner "shell" {
    inline = ["sudo dnf -y upgrade --releasever=latest", "sudo dnf -y install python3-pip"]
  }
  provisioner "shell" {
    expect_disconnect = true
    inline            = ["sudo reboot"]
  }
  provisioner "shell" {
    pause_before = "30s"
    inline       = ["uptime"]
  }
  provisioner "ansible" {
    playbook_file = "${path.root}/../ansible/playbook.yml"
    galaxy_file   = "../ansible/requirements.yml"
    roles_path    = "../ansible/roles"
    user          = "ec2-user"
    use_proxy     = false
    extra_arguments = [
      "--extra-vars", "env=prod db_password=${var.db_password}",
      "-v",
    ]
    ansible_env_vars = ["ANSIBLE_HOST_KEY_CHECKING=False"]
  }
  provisioner "shell" {
    only   = ["amazon-ebs.al2023"]
    inline = ["echo ${data.amazon-secretsmanager.token.value} > /etc/token"]
  }
  post-processor "manifest" {
    output     = "manifest.json"
    strip_path = true
  }
  post-processor "shell-local" {
    inline = ["./notify.sh"]
  }
}
