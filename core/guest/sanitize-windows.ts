import { windowsInventory } from './inventory-scripts.ts';

/**
 * Removes from a Windows disk what must not be in an image. It runs before Sysprep. Sysprep removes the machine's identity and
 * the event logs, but not what a recipe's steps leave. A remaining file that looks like a credential fails the build.
 */
export const sanitizeWindows = (
  allowFiles: string[] = [],
): string => `$allowed = @(${allowFiles.map((pattern) => `'${pattern}'`).join(', ')})
$ErrorActionPreference = 'SilentlyContinue'
function Test-Allowed([string] $Path) {
    foreach ($pattern in $allowed) { if ($Path -like $pattern) { return $true } }
    return $false
}
function Remove-Found([string[]] $Paths) {
    foreach ($item in Get-Item -Path $Paths -Force) {
        if (-not (Test-Allowed $item.FullName)) { Remove-Item -LiteralPath $item.FullName -Recurse -Force }
    }
}

${windowsInventory}
# keys, credentials and histories of every user, and of the account that runs this
foreach ($userHome in @((Get-ChildItem 'C:\\Users' -Directory -Force).FullName) + "$env:SystemRoot\\System32\\config\\systemprofile") {
    Remove-Found "$userHome\\AppData\\Roaming\\Microsoft\\Windows\\PowerShell\\PSReadLine\\*_history.txt", "$userHome\\.ssh\\authorized_keys",
        "$userHome\\.ssh\\id_*", "$userHome\\.ssh\\known_hosts*", "$userHome\\.aws\\credentials", "$userHome\\.aws\\sso\\cache", "$userHome\\.aws\\cli\\cache",
        "$userHome\\_netrc", "$userHome\\.netrc", "$userHome\\.git-credentials", "$userHome\\.kube\\config", "$userHome\\.azure", "$userHome\\AppData\\Roaming\\gcloud",
        "$userHome\\AppData\\Roaming\\postgresql\\pgpass.conf", "$userHome\\AppData\\Local\\Temp\\*"
    foreach ($file in "$userHome\\.docker\\config.json", "$userHome\\.npmrc", "$userHome\\.pypirc") {
        if (Select-String -LiteralPath $file -Pattern '"auth"', '_authToken', '_password', '^\\s*password' -Quiet) { Remove-Found $file }
    }
}
Remove-Found "$env:ProgramData\\ssh\\ssh_host_*_key*", "$env:ProgramData\\ssh\\administrators_authorized_keys", "$env:SystemRoot\\Temp\\*"
# every script of the recipe and its output, but for the folder that this very command runs from
foreach ($folder in Get-ChildItem "$env:ProgramData\\Amazon\\SSM\\InstanceData\\*\\document\\orchestration\\*" -Directory) {
    if (-not "$PSScriptRoot\\".StartsWith("$($folder.FullName)\\")) { Remove-Item -LiteralPath $folder.FullName -Recurse -Force }
}

# what looks like a credential and is still there, on every disk but where Windows and installed programs are
$skipped = '\\\\(Windows|Program Files|Program Files \\(x86\\)|ProgramData\\\\(Microsoft|Package Cache|Amazon)|\\$Recycle\\.Bin|System Volume Information)(\\\\|$)'
$names = '^(authorized_keys|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|ssh_host_.*_key|[._]netrc|\\.git-credentials|pgpass\\.conf|.*\\.ppk|.*\\.kdbx|unattend.*\\.xml\\.bak)$'
$texts = '^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----\\s*$', '(aws_secret_access_key|SecretAccessKey)["'']?\\s*[=:]\\s*["'']?[A-Za-z0-9/+]{40}'
$left = foreach ($disk in [IO.DriveInfo]::GetDrives() | Where-Object { $_.DriveType -eq 'Fixed' -and $_.IsReady }) {
    $folders = Get-ChildItem $disk.Name -Directory -Force | Where-Object { $_.FullName -notmatch ":$skipped" }
    $files = @(Get-ChildItem $disk.Name -File -Force) + @($folders | Get-ChildItem -File -Force -Recurse)
    foreach ($file in $files | Where-Object { $_.Length -gt 0 -and $_.Length -lt 64kb -and $_.FullName -notmatch ":$skipped" }) {
        $suspect = $file.Name -match $names -or $file.FullName -match '\\\\\\.aws\\\\credentials$' -or (Select-String -LiteralPath $file.FullName -Pattern $texts -Quiet)
        if ($suspect -and -not (Test-Allowed $file.FullName)) { $file.FullName }
    }
}
if ($left) {
    foreach ($path in $left) { [Console]::Error.WriteLine("this file looks like a credential: $path") }
    [Console]::Error.WriteLine('every server of the image would have it; remove it in a step, or name it in image.allowFiles')
    exit 1
}
'sanitized' # every builder prints something, by which the build knows whether output arrives in the bucket
exit 0
`;
