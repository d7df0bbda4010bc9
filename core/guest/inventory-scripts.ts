// What the sanitizing step prints before it removes anything, by which the page of the next build tells what changed.
import { inventoryMarks } from './inventory.ts';

/** Prints the packages of dpkg and rpm. dpkg also knows removed packages whose settings are still there, which are left out. */
export const linuxInventory = `
echo '${inventoryMarks.begins}'
if command -v dpkg-query >/dev/null; then dpkg-query -W -f '\${db:Status-Abbrev}\\t\${Package}\\t\${Version}\\n' | sed -n 's/^ii *\\t//p'; fi
if command -v rpm >/dev/null; then rpm -qa --qf '%{NAME}\\t%{VERSION}-%{RELEASE}\\n' 2>/dev/null; fi
echo '${inventoryMarks.ends}'
`;

/** Prints the number of the Windows build, the hotfixes and the installed programs. */
export const windowsInventory = `'${inventoryMarks.begins}'
$version = Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion'
'Windows' + [char]9 + $version.CurrentBuild + '.' + $version.UBR
Get-HotFix | ForEach-Object { $_.HotFixID + [char]9 + $_.Description }
$programs = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*', 'HKLM:\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*'
Get-ItemProperty $programs | Where-Object { $_.DisplayName } | ForEach-Object { $_.DisplayName + [char]9 + $_.DisplayVersion }
'${inventoryMarks.ends}'
`;
