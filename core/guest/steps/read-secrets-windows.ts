import { powerShellQuoted } from './quoted.ts';
import type { SecretQuestion } from './secret-questions.ts';

/**
 * The step in a process of its own. PowerShell breaks the text of an error into lines as wide as the console, and a secret could not
 * be recognized in two lines. So this process prints the error itself.
 */
const inner = String.raw`if ($args[1] -eq 'inner') {
    $ErrorActionPreference = 'Stop'
    $global:LASTEXITCODE = 0
    try { & $args[0] } catch { [Console]::Error.WriteLine(($_ | Out-String -Width 4096).Trim()); exit 1 }
    exit $LASTEXITCODE
}`;

/**
 * Reads the secrets with the AWS Tools for PowerShell, which AWS's images of Windows have, by the role of the instance. Messages
 * contain no value: ConvertFrom-Json would repeat it.
 */
const reads = String.raw`$values = foreach ($question in $questions) {
    $about = "$($question.named), the secret of $($question.variable),"
    $given = @{ Region = $region }
    $question.ask.PSObject.Properties | ForEach-Object { $given[$_.Name] = $_.Value }
    $command, $action = if ($given.Name) { 'Get-SSMParameter', 'ssm:GetParameter' } else { 'Get-SECSecretValue', 'secretsmanager:GetSecretValue' }
    if (-not (Get-Command $command -ErrorAction SilentlyContinue)) {
        throw "$about cannot be read: $command is missing on this instance. A step with secrets needs the AWS Tools for PowerShell, which AWS's images of Windows have"
    }
    try { $answer = & $command @given } catch {
        throw "$about cannot be read in $($region): $($_.Exception.Message). The role of the instance profile needs $action"
    }
    $value = if ($given.Name) { $answer.Value } else { $answer.SecretString }
    if ($null -eq $value) { throw "$about is binary: a variable takes text only" }
    if ($question.key) {
        $fields = try { ConvertFrom-Json -InputObject $value } catch { $null }
        if ($fields -isnot [Management.Automation.PSCustomObject]) { throw "$about is no JSON object, so it has no key $($question.key)" }
        $field = $fields.PSObject.Properties | Where-Object { $_.Name -ceq $question.key }
        if (-not $field) { throw "$about has no key $($question.key) in its JSON" }
        $value = if ($field.Value -is [string]) { $field.Value } else { ConvertTo-Json -InputObject $field.Value -Compress -Depth 100 }
    }
    if ($value.Contains([string][char]0)) { throw "$about contains a NUL, which no variable takes" }
    [Environment]::SetEnvironmentVariable($question.variable, $value)
    $value
}`;

/**
 * Starts the step and copies what it prints, byte by byte, with each line of a secret masked. The copies end 10 seconds after the
 * step, since what it left running may hold its output open.
 */
const copies = String.raw`$latin = [Text.Encoding]::GetEncoding(28591) # a character for each byte
$hidden = @($values | ForEach-Object { $_ -split '\r\n|\r|\n' } | Where-Object { $_.Length -ge 4 } |
    ForEach-Object { foreach ($encoding in [Console]::OutputEncoding, [Text.Encoding]::UTF8) { $latin.GetString($encoding.GetBytes($_)) } } |
    Select-Object -Unique | Sort-Object -Property Length -Descending)
$start = New-Object Diagnostics.ProcessStartInfo
$start.FileName = (Get-Process -Id $PID).Path
$start.Arguments = '-InputFormat None -NonInteractive -NoProfile -ExecutionPolicy Unrestricted -File "{0}" "{1}" inner' -f $PSCommandPath, $args[0]
$start.WorkingDirectory = (Get-Location).ProviderPath
$start.UseShellExecute = $false
$start.RedirectStandardOutput = $start.RedirectStandardError = $true
$start.StandardOutputEncoding = $start.StandardErrorEncoding = $latin
$process = [Diagnostics.Process]::Start($start)
$copies = @(
    @{ From = $process.StandardOutput; To = [Console]::OpenStandardOutput() }
    @{ From = $process.StandardError; To = [Console]::OpenStandardError() }
)
foreach ($copy in $copies) { $copy.Line = $copy.From.ReadLineAsync() }
while ($copies.Length -gt 0) {
    if ($process.HasExited -and ((Get-Date) - $process.ExitTime).TotalSeconds -gt 10) { break }
    $at = [Threading.Tasks.Task]::WaitAny([Threading.Tasks.Task[]]@($copies | ForEach-Object { $_.Line }), 1000)
    if ($at -lt 0) { continue }
    $copy = $copies[$at]
    $line = $copy.Line.Result
    if ($null -eq $line) {
        $copies = @($copies | Where-Object { $_ -ne $copy })
        continue
    }
    foreach ($text in $hidden) { $line = $line.Replace($text, '***') }
    $bytes = $latin.GetBytes($line + [Environment]::NewLine)
    $copy.To.Write($bytes, 0, $bytes.Length)
    $copy.To.Flush()
    $copy.Line = $copy.From.ReadLineAsync()
}
$process.WaitForExit()
exit $process.ExitCode`;

/** A PowerShell script that starts a step with secrets. @param surroundings Lines that set folder and variables. */
export const secretsScript = (questions: SecretQuestion[], region: string, surroundings: string[]): string =>
  [
    inner,
    ...surroundings,
    `$region = ${powerShellQuoted(region)}`,
    `$questions = ConvertFrom-Json -InputObject ${powerShellQuoted(JSON.stringify(questions))}`,
    reads,
    copies,
  ]
    .join('\n')
    .replaceAll('\n', '\r\n');
