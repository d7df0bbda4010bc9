# Sets up IIS for sites that are added later. Safe to run again: every setting states the wanted end.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest
Import-Module WebAdministration

Write-Output '== no default site'
if (Test-Path 'IIS:\Sites\Default Web Site') { Remove-Website -Name 'Default Web Site' }

Write-Output '== health page on port 8080, for load balancers'
if (-not (Test-Path 'IIS:\AppPools\health')) { New-WebAppPool -Name 'health' | Out-Null }
if (-not (Test-Path 'IIS:\Sites\health')) {
    New-Website -Name 'health' -Port 8080 -PhysicalPath 'C:\inetpub\health' -ApplicationPool 'health' | Out-Null
}
$rule = @{ Name = 'health-8080'; DisplayName = 'Health checks'; Direction = 'Inbound'; Protocol = 'TCP'; LocalPort = 8080 }
if (-not (Get-NetFirewallRule -Name 'health-8080' -ErrorAction SilentlyContinue)) {
    New-NetFirewallRule @rule -Action Allow | Out-Null
}

Write-Output '== answers tell no version'
$machine = 'MACHINE/WEBROOT/APPHOST'
$filter = 'system.webServer/security/requestFiltering'
Set-WebConfigurationProperty -PSPath $machine -Filter $filter -Name 'removeServerHeader' -Value $true
$headers = 'system.webServer/httpProtocol/customHeaders'
$powered = Get-WebConfigurationProperty -PSPath $machine -Filter "$headers/add[@name='X-Powered-By']" -Name 'value'
if ($powered) { Remove-WebConfigurationProperty -PSPath $machine -Filter $headers -Name '.' -AtElement @{ name = 'X-Powered-By' } }

Write-Output '== logs: a file each day, kept for a fortnight'
$log = 'system.applicationHost/sites/siteDefaults/logFile'
Set-WebConfigurationProperty -PSPath $machine -Filter $log -Name 'period' -Value 'Daily'
$action = @{
    Execute  = 'powershell.exe'
    Argument = '-NoProfile -Command "Get-ChildItem C:\inetpub\logs -Recurse -File | Where-Object LastWriteTime -lt (Get-Date).AddDays(-14) | Remove-Item"'
}
$task = @{
    TaskName = 'Remove old IIS logs'
    Action   = New-ScheduledTaskAction @action
    Trigger  = New-ScheduledTaskTrigger -Daily -At '03:00'
    User     = 'SYSTEM'
    Force    = $true
}
Register-ScheduledTask @task | Out-Null

Write-Output '== pools start with the server'
Set-WebConfigurationProperty -PSPath $machine -Filter 'system.applicationHost/applicationPools/applicationPoolDefaults' -Name 'startMode' -Value 'AlwaysRunning'
