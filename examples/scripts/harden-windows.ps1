# Hardens Windows Server 2025. Safe to run again: every setting states the wanted end.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

function Set-RegistryDword([string] $Path, [string] $Name, [int] $Value) {
    if (-not (Test-Path $Path)) { New-Item -Path $Path -Force | Out-Null }
    New-ItemProperty -Path $Path -Name $Name -Value $Value -PropertyType DWord -Force | Out-Null
}

Write-Output '== TLS: 1.2 and 1.3 only'
$schannel = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols'
foreach ($version in 'SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1') {
    foreach ($role in 'Server', 'Client') {
        Set-RegistryDword "$schannel\$version\$role" 'Enabled' 0
        Set-RegistryDword "$schannel\$version\$role" 'DisabledByDefault' 1
    }
}
foreach ($role in 'Server', 'Client') {
    Set-RegistryDword "$schannel\TLS 1.2\$role" 'Enabled' 1
    Set-RegistryDword "$schannel\TLS 1.2\$role" 'DisabledByDefault' 0
}
# Older .NET programs speak TLS 1.0 unless told to follow the system.
foreach ($framework in 'HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319') {
    Set-RegistryDword $framework 'SchUseStrongCrypto' 1
    Set-RegistryDword $framework 'SystemDefaultTlsVersions' 1
}

Write-Output '== SMB: no version 1, signing demanded'
$server = @{ EnableSMB1Protocol = $false; RequireSecuritySignature = $true; Force = $true }
Set-SmbServerConfiguration @server
Set-SmbClientConfiguration -RequireSecuritySignature $true -Force
$smb1 = Get-WindowsOptionalFeature -Online -FeatureName SMB1Protocol -ErrorAction SilentlyContinue
if ($smb1 -and $smb1.State -eq 'Enabled') {
    Disable-WindowsOptionalFeature -Online -FeatureName SMB1Protocol -NoRestart | Out-Null
}

Write-Output '== name resolution and credentials'
Set-RegistryDword 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient' 'EnableMulticast' 0
Set-RegistryDword 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\WDigest' 'UseLogonCredential' 0
Set-RegistryDword 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa' 'LmCompatibilityLevel' 5
Set-RegistryDword 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa' 'RestrictAnonymousSAM' 1
Set-RegistryDword 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa' 'RunAsPPL' 1
Disable-LocalUser -Name 'Guest' -ErrorAction SilentlyContinue

Write-Output '== firewall: on, and it says what it drops'
$firewall = @{
    Profile              = 'Domain', 'Private', 'Public'
    Enabled              = 'True'
    DefaultInboundAction = 'Block'
    LogBlocked           = 'True'
    LogAllowed           = 'False'
    LogMaxSizeKilobytes  = 16384
    LogFileName          = '%SystemRoot%\System32\LogFiles\Firewall\pfirewall.log'
}
Set-NetFirewallProfile @firewall

Write-Output '== PowerShell and audit logs'
Set-RegistryDword 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging' 'EnableScriptBlockLogging' 1
Set-RegistryDword 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Audit' 'ProcessCreationIncludeCmdLine_Enabled' 1
# By GUID: the names of subcategories differ with the language of Windows.
$subcategories = @{
    '{0CCE9215-69AE-11D9-BED3-505054503030}' = 'Logon'
    '{0CCE922B-69AE-11D9-BED3-505054503030}' = 'Process Creation'
    '{0CCE9235-69AE-11D9-BED3-505054503030}' = 'User Account Management'
    '{0CCE9237-69AE-11D9-BED3-505054503030}' = 'Security Group Management'
    '{0CCE922F-69AE-11D9-BED3-505054503030}' = 'Audit Policy Change'
}
foreach ($subcategory in $subcategories.GetEnumerator()) {
    auditpol /set "/subcategory:$($subcategory.Key)" /success:enable /failure:enable | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "auditpol failed for $($subcategory.Value)" }
}
wevtutil set-log Security /maxsize:201326592
if ($LASTEXITCODE -ne 0) { throw 'wevtutil failed' }

Write-Output '== done'
