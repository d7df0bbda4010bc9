variable "region" {
  default = "us-east-1"
}

source "amazon-ebs" "win" {
  ami_name       = "iis-{{isotime | clean_resource_name}}"
  communicator   = "winrm"
  winrm_username = "Administrator"
  instance_type  = "m6i.large"
  region         = var.region
  source_ami     = "ami-0123456789abcdef0"
  metadata_options {
    http_tokens = "required"
  }
  ami_groups = ["all"]
}

source "azure-arm" "win" {
  vm_size = "Standard_D2"
}

build {
  sources = ["amazon-ebs.win"]
  provisioner "powershell" {
    inline = ["Install-WindowsFeature -Name Web-Server", "Set-Service W3SVC -StartupType Automatic"]
    elevated_user = "SYSTEM"
  }
  provisioner "windows-restart" {
    restart_timeout = "30m"
  }
  provisioner "powershell" {
    scripts = ["scripts/harden.ps1"]
  }
  provisioner "windows-shell" {
    inline = ["ver"]
  }
}
