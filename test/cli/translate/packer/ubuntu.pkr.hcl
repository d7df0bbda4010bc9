variable "ubuntu" {
  type = map(object({ codename = string, type = string }))
  default = {
    amd64 = { codename = "noble-24.04", type = "t3.medium" }
    arm64 = { codename = "noble-24.04", type = "t4g.medium" }
  }
}
variable "release" { type = string }
variable "kms" {
  type = string
  default = null
}
locals {
  build_time = formatdate("YYYY-MM-DD", timestamp())
  regions = toset(["us-east-1", "us-west-2"])
  scripts = ["scripts/base.sh", "scripts/docker.sh"]
}
local "secret" {
  expression = vault("secret/data/ci", "key")
  sensitive  = true
}
source "amazon-ebs" "ubuntu" {
  region = "us-east-1"
  instance_type = "t3.medium"
  ssh_username = "ubuntu"
  ssh_clear_authorized_keys = true
  ami_regions = local.regions
  kms_key_id = var.kms
  source_ami_filter {
    filters = {
      name = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"
    }
    owners = ["099720109477"]
    most_recent = true
  }
  temporary_iam_instance_profile_policy_document {
    Version = "2012-10-17"
    Statement {
      Effect = "Allow"
      Action = ["s3:GetObject"]
      Resource = ["*"]
    }
  }
  spot_price = "auto"
  spot_instance_types = ["t3.medium", "t3a.medium"]
  run_volume_tags = { team = "x" }
  ami_virtualization_type = "hvm"
  tags = {
    Name = "ubuntu ${var.release}"
    Base_AMI_Name = "{{ .SourceAMIName }}"
  }
}
source "amazon-ebsvolume" "data" {
  region = "us-east-1"
}
build {
  dynamic "source" {
    for_each = var.ubuntu
    labels = ["amazon-ebs.ubuntu"]
    content {
      name = source.key
      ami_name = "ubuntu-${source.key}-${local.build_time}"
    }
  }
  provisioner "file" {
    sources = ["files/daemon.json", "files/motd"]
    destination = "/tmp/"
  }
  provisioner "file" {
    content = templatefile("files/app.tpl", { release = var.release })
    destination = "/tmp/app.conf"
  }
  provisioner "shell" {
    execute_command = "chmod +x {{ .Path }}; {{ .Vars }} sudo -E {{ .Path }}"
    environment_vars = [
      "DEBIAN_FRONTEND=noninteractive",
      "RELEASE=${var.release}",
    ]
    scripts = local.scripts
    pause_after = "10s"
  }
  provisioner "shell" {
    inline = [
      "sudo mv /tmp/daemon.json /etc/docker/daemon.json",
      "sudo systemctl restart docker",
      "shutdown -r now",
    ]
    expect_disconnect = true
  }
  provisioner "shell" {
    script = "scripts/cleanup.py"
    override = {
      ubuntu = { environment_vars = ["A=1"] }
    }
  }
  provisioner "inspec" {
    profile = "https://github.com/dev-sec/linux-baseline"
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo failed"]
  }
  post-processor "amazon-ami-management" {
    regions = ["us-east-1"]
    identifier = "ubuntu"
    keep_releases = 3
  }
}
