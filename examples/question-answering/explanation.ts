import { gradCam, integratedGradients, type NdArray, type Network, occlusion } from 'vitrine';
import { reduceFeatures } from 'vitrine/image';

/** A word and how much it speaks for the answer. */
interface WordMaps {
  readonly word: string;
  readonly gradients: number;
  readonly occlusion: number;
}

/** Why a question was answered as it was. */
export interface Explanation {
  readonly picture: NdArray;
  readonly question: string;
  readonly answer: string;
  readonly probability: number;
  /** Maps over the picture. */
  readonly maps: { readonly gradients: NdArray; readonly occlusion: NdArray; readonly cam: NdArray };
  readonly words: readonly WordMaps[];
  /** The part of picture and of words in all magnitudes of integrated gradients. */
  readonly shares: readonly number[];
  /** What integrated gradients add up to, and how far that is from what they should. */
  readonly gain: number;
  readonly delta: number;
}

/** Asks three methods about both inputs. The path starts at the mean colour, without any word. */
export async function explanation(
  network: Network,
  x: readonly [picture: NdArray, tokens: NdArray],
  question: string,
): Promise<Omit<Explanation, 'answer' | 'probability'>> {
  const baseline = ['mean', 0] as const;
  const gradients = await integratedGradients(network, x, { baseline });
  const occluded = await occlusion(network, x, { window: 6, stride: 2, baseline });
  const cam = await gradCam(network, x);
  const [ofPicture, ofWords] = gradients.inputs as readonly [NdArray, NdArray];
  const [hiddenPicture, hiddenWords] = occluded.inputs as readonly [NdArray, NdArray];
  const perWord = reduceFeatures(ofWords).data;
  return {
    picture: x[0],
    question,
    maps: { gradients: ofPicture, occlusion: hiddenPicture, cam: cam.values },
    words: question.split(' ').map((word, i) => ({
      word,
      gradients: perWord[i] as number,
      occlusion: hiddenWords.data[i] as number,
    })),
    shares: [...(gradients.shares as NdArray).data],
    gain: [...ofPicture.data, ...ofWords.data].reduce((sum, value) => sum + value, 0),
    delta: (gradients.delta as Float32Array)[0] as number,
  };
}
