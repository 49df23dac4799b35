// An icon's shapes as one path, so that each place where it stands costs two nodes and no copy of a sprite's.
export type IconNode = [tag: string, attributes: Record<string, string | number | undefined>];

function circle(x: number, y: number, r: number): string {
  return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
}
function rectangle(x: number, y: number, width: number, height: number, r: number): string {
  const [across, down] = [width - 2 * r, height - 2 * r];
  const corner = (dx: number, dy: number) => (r ? `a${r} ${r} 0 0 1 ${dx * r} ${dy * r}` : '');
  return `M${x + r} ${y}h${across}${corner(1, 1)}v${down}${corner(-1, 1)}h${-across}${corner(-1, -1)}v${-down}${corner(1, -1)}z`;
}

export function iconPath(nodes: IconNode[]): string {
  return nodes
    .map(([tag, attributes]) => {
      const value = (name: string) => Number(attributes[name] ?? 0);
      if (tag === 'circle') return circle(value('cx'), value('cy'), value('r'));
      if (tag === 'rect') return rectangle(value('x'), value('y'), value('width'), value('height'), value('rx'));
      if (tag === 'line') return `M${value('x1')} ${value('y1')}L${value('x2')} ${value('y2')}`;
      if (tag !== 'path') throw new Error(`an icon has a <${tag}>, which is not drawn yet`);
      // A path that begins with a relative step begins it at the origin, and not where the one before has ended.
      return `M0 0${attributes.d}`;
    })
    .join('');
}
