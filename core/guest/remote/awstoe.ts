// How an instance gets AWSTOE, the program of AWS that runs component documents.

/**
 * The key that signs AWSTOE for Linux, RSA 2048 without an expiry, with the fingerprint below. AWS publishes both:
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/awstoe-verify-sig.html
 *
 * PURE, so that a bundle that runs no component leaves it out.
 */
export const awstoeKey = /* @__PURE__ */ [
  'mQENBF8UqwsBCACdiRF2bkZYaFSDPFC+LIkWLwFvtUCRwAHtD8KIwTJ6LVn3fHAUGhuK0ZH9mRrqRT2bq/xJjGsnF9VqTj2AJqndGJdDjz75YCZYM+oc',
  'Z+r5HSJaeW9iS5dykHj7Txti2zHe0G5+W0v7v5bPi2sPHsN7XWQ7+G2AMEPTz8PjxY//I0DvMQnsSle3l9hz6wCClz1l9LbBzTyHfSm5ucTXvNe88XX5',
  'Gmt37OCDM7vfli0Ctv8WFoLN6jbxuA/sV71yIkPm9IYp3+GvaKeT870+sn8/JOOKE/U4sJV1ppbqmuUzDfhrZUaw8eW8IN9A1FTIuWiZED/5L83UZuQs',
  '1S7s2PjlABEBAAG0GkFXU1RPRSA8YXdzdG9lQGFtYXpvbi5jb20+iQE5BBMBCAAjBQJfFKsLAhsDBwsJCAcDAgEGFQgCCQoLBBYCAwECHgECF4AACgkQ',
  '3r3BVvWuvFJGiwf9EVmrBR77+Qe/DUeXZJYoaFr7If/fVDZl6V3TC6p0J0Veme7uXleRUTFOjzbh+7e5sDX19HrnPquzCnzfMiqbp4lSoeUuNdOfFcpu',
  'TCQH+M+sIEIgPno4PLl0Uj2uE1o++mxmonBl/Krk+hly8hB2L/9n/vW3L7BNOMb1Ll9PmgGPbWipcT8KRdz4SUex9TXGYzjlWb3jU3uXetdaQY1M3kVK',
  'E1siRsRNYYDtpcjmwbhjpu4xm19aFqNoAHCDctEsXJA/mkU3erwIRocPyjAZE2dnlkL9ZkFZz9DQkcIarbCnybDM5lemBbdhXJ6hezJE/b17VA0t1fY0',
  '4MoEkn6oJg==',
].join('');
export const awstoeFingerprint = 'F6DDE01C869FD63915E55742DEBDC156F5AEBC52';

const unreached =
  'AWSTOE could not be downloaded: the instance needs a way to S3 that includes this bucket, and AWS must offer AWSTOE in the region';
const contactAws = 'Nothing of it has run. Try again; if it stays so, ask AWS Support';

/**
 * The part of a bash script that puts AWSTOE into the folder `toe`, unless it is there. AWS keeps AWSTOE in a bucket in every region
 * that has EC2 Image Builder: https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-component-manager.html
 *
 * What is not signed by the key never runs. gpgv comes with apt, gpg with dnf and zypper, so every usual image has one of them.
 */
export const awstoeOnLinux = (key = awstoeKey): string => `
case "$(uname -m)" in aarch64) architecture=arm64 ;; *) architecture=amd64 ;; esac
region=\${AWS_SSM_REGION_NAME:?is not set by this SSM agent}
case $region in cn-*) domain=amazonaws.com.cn ;; *) domain=amazonaws.com ;; esac
url=https://awstoe-$region.s3.$region.$domain/latest/linux/$architecture/awstoe
fetch() {
  if command -v curl >/dev/null; then curl -fsSL --retry 3 -o "$1" "$2"
  elif command -v wget >/dev/null; then wget -q -O "$1" "$2"
  else python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(sys.argv[2], sys.argv[1])' "$1" "$2"; fi
}
signed() {
  printf %s ${key} | base64 -d >toe/key
  if command -v gpgv >/dev/null; then gpgv --quiet --keyring "$PWD/toe/key" toe/new.sig toe/new
  else
    mkdir -m 700 toe/gpg
    gpg --homedir toe/gpg --batch --no-autostart --no-default-keyring --keyring "$PWD/toe/key" --trust-model always --verify toe/new.sig toe/new
  fi
}
if [[ ! -s toe/awstoe ]]; then
  rm -rf toe
  mkdir toe
  if ! command -v gpgv >/dev/null && ! command -v gpg >/dev/null; then
    echo 'component needs gpgv or gpg to check the signature of AWSTOE, and this image has neither; install gnupg in an earlier step' >&2
    exit 1
  fi
  if ! fetch toe/new "$url" || ! fetch toe/new.sig "$url.sig"; then
    echo "${unreached}: $url" >&2
    exit 1
  fi
  if ! signed 2>toe/said; then
    cat toe/said >&2
    echo "AWSTOE is not signed by the key ${awstoeFingerprint} that AWS documents: $url. ${contactAws}" >&2
    exit 1
  fi
  mv toe/new toe/awstoe
fi
chmod 700 toe/awstoe
`;

/** The same for PowerShell. The certificate changes from time to time, and the organization in it does not. */
export const awstoeOnWindows = (): string =>
  `
    $region = $env:AWS_SSM_REGION_NAME
    $domain = if ($region -like 'cn-*') { 'amazonaws.com.cn' } else { 'amazonaws.com' }
    $url = "https://awstoe-$region.s3.$region.$domain/latest/windows/amd64/awstoe.exe"
    if (-not (Test-Path toe\\awstoe.exe)) {
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        try { Invoke-WebRequest -Uri $url -OutFile awstoe.exe -UseBasicParsing }
        catch { throw "${unreached}: $url ($($_.Exception.Message))" }
        $signature = Get-AuthenticodeSignature awstoe.exe
        if ($signature.Status -ne 'Valid' -or $signature.SignerCertificate.Subject -notmatch '(^|, )O="?Amazon(\\.com)?( Web)? Services') {
            throw "AWSTOE has no valid signature of Amazon: $url is $($signature.Status), signed by $($signature.SignerCertificate.Subject). ${contactAws}"
        }
        Move-Item awstoe.exe toe\\awstoe.exe
    }`.trimStart();
