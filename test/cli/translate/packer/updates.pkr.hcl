variable "windows_version" {
  type    = string
  default = "2022"
}
variable "winrm_password" {
  type      = string
  sensitive = true
  default   = env("WINRM_PASSWORD")
}
data "amazon-ami" "windows" {
  filters = {
    name = "Windows_Server-${var.windows_version}-English-Full-Base-*"
    root-device-type = "ebs"
  }
  owners = ["801119661308"]
  most_recent = true
}
data "amazon-parameterstore" "iis" {
  name = "/acme/iis/version"
}
locals { now = timestamp() }
source "amazon-ebs" "windows" {
  ami_name      = "win${var.windows_version}-${regex_replace(local.now, "[- TZ:]", "")}"
  communicator  = "winrm"
  instance_type = "m5.large"
  region        = "us-east-1"
  source_ami    = data.amazon-ami.windows.id
  winrm_username = "Administrator"
  winrm_use_ssl = true
  winrm_insecure = true
  user_data_file = "./scripts/bootstrap_win.txt"
  launch_block_device_mappings {
    device_name = "/dev/sda1"
    volume_size = 60
    volume_type = "gp3"
    delete_on_termination = true
    snapshot_id = "snap-0123456789abcdef0"
  }
  fast_launch {
    enable_fast_launch = true
  }
  ami_org_arns = ["arn:aws:organizations::111122223333:organization/o-exampleorgid"]
  deprecate_at = "2027-01-01T00:00:00Z"
  skip_region_validation = true
}
build {
  name = "windows"
  sources = ["source.amazon-ebs.windows"]
  provisioner "powershell" {
    environment_vars = ["IIS=${data.amazon-parameterstore.iis.value}"]
    script = "./scripts/install-iis.ps1"
    elevated_user = "Administrator"
    elevated_password = build.Password
    valid_exit_codes = [0, 3010]
  }
  provisioner "windows-restart" {
    restart_timeout = "15m"
    restart_check_command = "powershell -command \"& {Write-Output 'restarted.'}\""
  }
  provisioner "windows-update" {
    search_criteria = "IsInstalled=0"
    filters = ["exclude:$_.Title -like '*Preview*'", "include:$true"]
    update_limit = 25
  }
  provisioner "file" {
    source = "files/app.config"
    destination = "C:/ProgramData/app/app.config"
  }
  provisioner "powershell" {
    inline = [
      "& 'C:/Program Files/Amazon/EC2Launch/ec2launch' reset --block",
      "& 'C:/Program Files/Amazon/EC2Launch/ec2launch' sysprep --shutdown --block",
    ]
  }
  post-processors {
    post-processor "manifest" {}
    post-processor "checksum" { checksum_types = ["sha256"] }
  }
}
