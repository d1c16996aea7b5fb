import { encodePng } from '../../src/image/files/encodePng.ts';
import { picture } from '../../src/image/picture.ts';

/** The files of a tiny set in the layout of Broden: images of 16 × 16 pixels, labels of 8 × 8. */
export function brodenFiles(): Map<string, Uint8Array> {
  const tables = { 'index.csv': index, 'label.csv': labels, 'category.csv': categories, ...coverages };
  const planes = Object.entries(planeNumbers).map(([name, number]) => [`images/${name}`, plane(number)] as const);
  const images = ['a', 'b', 'c', 'd', 'e'].map((name, i) => [`images/set/${name}.png`, image(i)] as const);
  return new Map([...Object.entries(tables).map(([name, text]) => [name, table(text)] as const), ...planes, ...images]);
}

/** The bytes of a table, with the line ends of the published one. */
export function table(text: string): Uint8Array {
  return new TextEncoder().encode(text.trim().replaceAll('\n', '\r\n').concat('\r\n'));
}

/** The file of a label plane. */
export function plane(numberAt: (row: number, column: number) => number, side = 8): Uint8Array {
  const made = picture(side, side);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const number = numberAt(Math.floor(pixel / side), pixel % side);
    made.data.set([number % 256, Math.floor(number / 256), 0, 255], pixel * 4);
  }
  return encodePng(made);
}

function image(i: number): Uint8Array {
  const data = Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, k) => (k % 4 === 3 ? 255 : (k * (i + 3)) % 256));
  return encodePng(picture(16, 16, data));
}

const half =
  (top: number, bottom: number) =>
  (row: number): number =>
    row < 4 ? top : bottom;

const planeNumbers: Readonly<Record<string, (row: number, column: number) => number>> = {
  'set/a_color.png': half(1, 2),
  'set/a_object.png': half(3, 300),
  'set/a_part_1.png': half(0, 4),
  'set/a_part_2.png': half(0, 5),
  'set/a_material.png': half(3, 9),
  'set/b_color.png': half(1, 1),
  'set/c_color.png': half(2, 1),
  'set/d_color.png': half(2, 2),
  'set/d_object.png': (row, column) => (row === 2 && column === 5 ? 4 : 0),
};

// Columns in another order than in the published set; 0 where a label was too rare to be kept.
const index = `
split,image,ih,iw,sh,sw,texture,color,object,part,material,scene
train,set/a.png,16,16,8,8,7;8,set/a_color.png,set/a_object.png,set/a_part_1.png;set/a_part_2.png,10;set/a_material.png,6;0
val,set/b.png,16,16,8,8,,set/b_color.png,,,,0
train,set/c.png,16,16,8,8,8,set/c_color.png,,,,
train,set/d.png,16,16,8,8,,set/d_color.png,set/d_object.png,,,
val,set/e.png,16,16,8,8,,,,,,
`;

const labels = `
number,name,category,frequency,coverage,syns
0,,,0,0,
1,black-c,color(4),4,2.0,
2,red-c,color(3),3,2.0,
3,sky,object(1);material(1),2,1.0,"heavens, above;the ""blue"""
4,head,part(1);object(1),2,0.5,
5,door,part(1),1,0.5,
6,street-s,scene(1),1,1.0,
7,striped,texture(1),1,1.0,
8,dotted,texture(2),2,2.0,
9,wood,material(1),1,0.5,
10,mirror,object(1);material(1),2,2.0,looking glass
300,tower,object(1),1,0.5,
`;

const categories = `
name,first,last,count,frequency
color,1,2,2,7
object,3,300,4,5
part,4,5,2,2
material,3,10,3,3
scene,6,6,1,1
texture,7,8,2,3
`;

const coverages = {
  'c_color.csv': 'code,number,name,frequency,coverage\n1,1,black-c,4,2.0\n2,2,red-c,3,2.0',
  'c_object.csv':
    'code,number,name,frequency,coverage\n1,10,mirror,1,1.0\n2,3,sky,1,0.6\n3,300,tower,1,0.5\n4,4,head,1,0.015625',
  'c_part.csv': 'code,number,name,frequency,coverage\n0,0,,0,0\n1,4,head,1,0.5\n2,5,door,1,0.5',
  'c_material.csv': 'code,number,name,frequency,coverage\n1,10,mirror,1,1.0\n2,3,sky,1,0.5\n3,9,wood,1,0.5',
  'c_scene.csv': 'code,number,name,frequency,coverage\n1,6,street-s,1,1.0',
  'c_texture.csv': 'code,number,name,frequency,coverage\n1,8,dotted,2,2.0\n2,7,striped,1,1.0',
};
