// Launch templates as the simulated EC2 keeps them. Of a version's data, only the AMI means anything here.

interface TemplateVersion {
  number: number;
  description: string;
  data: Record<string, unknown>;
  createdAt: number;
}

export interface StoredTemplate {
  id: string;
  name: string;
  owner: string;
  tags: Map<string, string>;
  createdAt: number;
  /** Numbers of the default version and of the newest one that ever was. */
  default: number;
  latest: number;
  versions: TemplateVersion[];
}
