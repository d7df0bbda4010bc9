packer {
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.3"
    }
  }
}

variable "app_version" {
  type    = string
  default = "4.2.0"
}

variable "subnet" {
  type = string
}

locals {
  stamp = regex_replace(timestamp(), "[- TZ:]", "")
  team  = "web"
}

source "amazon-ebs" "web" {
  ami_name        = "${local.team}-server-${local.stamp}"
  ami_description = "nginx and our app ${var.app_version}"
  instance_type   = "t3.medium"
  region          = "eu-central-1"
  ami_regions     = ["eu-west-1", "us-east-1"]
  ami_users       = ["111122223333", "444455556666"]
  encrypt_boot    = true
  kms_key_id      = "alias/golden"
  region_kms_key_ids = {
    eu-west-1 = "alias/golden-eu"
    us-east-1 = "alias/golden-us"
  }
  subnet_id            = var.subnet
  iam_instance_profile = "packer-builder"
  ssh_username         = "ubuntu"
  ssh_timeout          = "10m"
  snapshot_users       = ["111122223333"]
  user_data            = <<-EOT
    #cloud-config
    package_update: true
  EOT

  source_ami_filter {
    filters = {
      name                = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
    most_recent = true
    owners      = ["099720109477"]
  }

  launch_block_device_mappings {
    device_name           = "/dev/sda1"
    volume_size           = 20
    volume_type           = "gp3"
    delete_on_termination = true
  }
  launch_block_device_mappings {
    device_name = "/dev/sdf"
    volume_size = 100
    iops        = 4000
    volume_type = "gp3"
  }

  tags = {
    Team    = local.team
    Release = "${var.app_version}"
    BuiltAt = "{{timestamp}}"
  }
}

build {
  name    = "web"
  sources = ["source.amazon-ebs.web"]

  provisioner "shell" {
    inline = [
      "cloud-init status --wait",
      "apt-get update && apt-get -y upgrade",
    ]
    execute_command = "sudo -E sh -c '{{ .Vars }} {{ .Path }}'"
    max_retries     = 2
  }

  provisioner "file" {
    source      = "files/nginx.conf"
    destination = "/tmp/nginx.conf"
  }

  provisioner "shell" {
    environment_vars = ["APP_VERSION=${var.app_version}", "DEBUG=1"]
    scripts          = ["scripts/install.sh", "${path.root}/scripts/harden.sh"]
    timeout          = "20m"
    pause_before     = "10s"
  }

  provisioner "ansible-local" {
    playbook_file   = "ansible/site.yml"
    extra_arguments = ["--tags", "web"]
  }

  provisioner "shell-local" {
    inline = ["echo done"]
  }

  provisioner "shell" {
    inline = [<<EOF
echo "build ${build.ID}"
cat /etc/os-release
EOF
    ]
  }

  post-processor "manifest" {
    output = "manifest.json"
  }
  post-processors {
    post-processor "vagrant" {}
  }
}
