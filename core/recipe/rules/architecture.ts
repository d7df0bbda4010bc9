/**
 * Instance families with Intel or AMD processors whose names have no processor letter. They are older than the letters, or are
 * named after their accelerator.
 */
const withoutLetter =
  'c1 c3 c4 c5 c5d c5n cc1 cc2 cg1 cr1 d2 d3 d3en dl1 dl2q f1 f2 g2 g3 g3s g4dn g5 g6 g6e g6f gr6 gr6f h1 hi1 hs1 i2 i3 i3en inf1 inf2 m1 m2 m3 m4 m5 m5d m5dn m5n m5zn p2 p3 p3dn p4d p4de p5 p5e p5en r3 r4 r5 r5b r5d r5dn r5n t1 t2 t3 trn1 trn1n trn2 vt1 x1 x1e z1d';
const knownX86 = new Set(withoutLetter.split(' '));

/**
 * Architecture of an instance type, as far as its name tells. After series and generation, g means Graviton, i Intel and a AMD.
 * gb200 has a Grace processor, which is Arm. A new family without such a letter gives no answer here: Resolve asks EC2.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function architectureOf(instanceType: string): 'arm64' | 'x86_64' | undefined {
  const [family = ''] = instanceType.split('.');
  const [, options = '', rest = ''] = /^[a-z]+\d+([a-z]*)(.*)$/.exec(family) ?? [];
  if (family === 'a1' || options.includes('g') || /^-gb\d+/.test(rest)) return 'arm64';
  return /[ai]/.test(options) || knownX86.has(family) ? 'x86_64' : undefined;
}

/** EC2 starts Mac instances on Dedicated Hosts only (EC2 user guide, Amazon EC2 Mac instances). */
export const isMac = (instanceType: string): boolean => /^mac[\d-]/.test(instanceType);

/** The architecture in the name of an AMI or a parameter. */
export const architectureIn = (name: string | undefined): string | undefined =>
  /(?<=[-_/*])(arm64|aarch64|x86_64|amd64)(?=$|[-_/*.])/
    .exec(name ?? '')?.[0]
    .replace('amd64', 'x86_64')
    .replace('aarch64', 'arm64');
