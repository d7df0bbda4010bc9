import { powerShellQuoted, shellQuoted } from './quoted.ts';
import type { DiskByName } from '../../recipe/builder/volume-names.ts';

// How a guest finds the disk of a volume by the device of its block device mapping. The candidate has the same devices as the
// builder, and other volumes. So the scripts need no volume id, no call of AWS and no rights.

/** On Nitro, EBS answers the NVMe command Identify with the device in the bytes for the vendor: github.com/amazonlinux/amazon-ec2-utils, ebsnvme-id. */
const program = `import ctypes, fcntl, glob, re, struct, sys

for path in sorted(glob.glob(sys.argv[1] + "/nvme*n1")):
    answer = ctypes.create_string_buffer(4096)
    # struct nvme_passthru_cmd of linux/nvme_ioctl.h: opcode 6 is Identify, and 1 in cdw10 asks for the controller
    command = bytearray(struct.pack("=BBHIIIQQ10I", 6, 0, 0, 0, 0, 0, 0, ctypes.addressof(answer), 0, 4096, 1, 0, 0, 0, 0, 0, 0, 0))
    try:
        with open(path, "rb", 0) as disk:
            fcntl.ioctl(disk, 0xC0484E41, command)
    except OSError as error:
        sys.stderr.write("%s\\n" % error)
        continue
    said = answer.raw[3072:3104].split(b"\\0")[0].decode("ascii", "replace").strip()
    if b"Amazon Elastic Block Store" in answer.raw[24:64] and re.sub("^(/dev/)?(sd|xvd)", "", said) == sys.argv[2]:
        print(path)
        break
`;

/** The device without the part that differs between drivers: EC2's sdf is xvdf on Xen. */
const placeOf = ({ device }: DiskByName): string => device.replace(/^(\/dev\/)?(sd|xvd)/, '');

const missing = ({ device, name }: DiskByName): string =>
  `there is no disk ${device} on this instance: it is ${name} in builder.volumes`;

/**
 * Lines of a shell script that set the variables. Xen has the device itself, and some images on Nitro a link to it.
 * @param around Where devices are, and what a test puts before the program.
 */
export const shellFindsDisks = (disks: DiskByName[] = [], { dev = '/dev', before = '' } = {}): string[] =>
  disks.length === 0
    ? []
    : [
        'find_disk() (',
        `  for path in ${dev}/xvd"$1" ${dev}/sd"$1"; do`,
        '    if [ -e "$path" ]; then readlink -f "$path"; exit; fi',
        '  done',
        '  python=$(command -v /usr/bin/python3 || command -v /usr/libexec/platform-python || command -v python3) || {',
        '    echo "python3 is missing on this instance: it is needed to find disks by name" >&2',
        '    exit 1',
        '  }',
        `  "$python" -I -c ${shellQuoted(before + program)} ${dev} "$1"`,
        ')',
        ...disks.flatMap((disk) => [
          `${disk.variable}="$(find_disk ${placeOf(disk)})"`,
          `[ -n "$${disk.variable}" ] || { echo ${shellQuoted(missing(disk))} >&2; exit 1; }`,
          `export ${disk.variable}`,
        ]),
      ];

/**
 * The same for PowerShell, with numbers of disks. AWS's images have ebsnvme-id.exe for Nitro. On Xen, AWS's driver gives each
 * device a SCSI target by its letter.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/windows-list-disks.html
 */
const findDisk = String.raw`$findDisk = {
    param($place, $missing)
    foreach ($disk in Get-CimInstance Win32_DiskDrive | Where-Object { $_.Model -like 'AWS PVDISK*' }) {
        if ([string][char](97 + $disk.SCSITargetId) -ceq $place) { return [string]$disk.Index }
    }
    $tool = "$env:ProgramData\Amazon\Tools\ebsnvme-id.exe"
    if (Test-Path -LiteralPath $tool) {
        $said = (& $tool | Out-String) + ''
        foreach ($found in [regex]::Matches($said, 'Disk Number: (\d+)\s+Volume ID: \S+\s+Device Name: (\S+)')) {
            if (($found.Groups[2].Value -creplace '^(/dev/)?(sd|xvd)', '') -ceq $place) { return $found.Groups[1].Value }
        }
        throw $missing
    }
    throw "$missing, or $tool is missing, which AWS's NVMe driver for Windows brings"
}`;

export const powerShellFindsDisks = (disks: DiskByName[] = []): string[] =>
  disks.length === 0
    ? []
    : [
        ...findDisk.split('\n'),
        ...disks.map(
          (disk) =>
            `$env:${disk.variable} = & $findDisk ${powerShellQuoted(placeOf(disk))} ${powerShellQuoted(missing(disk))}`,
        ),
      ];
