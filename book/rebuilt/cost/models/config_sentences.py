"""What is said of a configuration: what it does not say, and why it is not read.

Pages say the same sentences, with the same words put in the place of what stands in braces.
"""

REFUSALS = {
    "absent": "there is no file {where}; give a config.json or the folder of a checkpoint",
    "broken_link": "{where} is a link to a file that is not there; download the checkpoint again",
    "no_part": "{where} does not say what it is of (_class_name or model_type); restore the file, "
    "or take it away to have the default of the pipeline",
    "channels": "{where}: its vae/ has {vae} latent channels and the transformer makes {made}; "
    "give the autoencoder of this transformer",
    "control": "{where}: its controlnet/ is of class {name}, which is not counted; take that "
    "folder away to count the rest, or correct the name: nearest are {near}",
    "weights": "{where} holds weights; give the config.json that lies beside them, or their folder",
    "not_json": "{where} is not JSON ({error}); give a diffusers config.json",
    "no_object": "{where} holds no JSON object; give a diffusers config.json",
    "no_class": "{where} has no field _class_name, which says what it is; add it, such as "
    '"_class_name": "{example}"',
    "class": "{where}: no transformer class {value}; nearest names: {near}",
    "pipeline": "{where} is of a pipeline, {name}; give the folder that it lies in",
    "autoencoder": "{where} is of an autoencoder, {name}; give the transformer's config.json, or "
    "the folder that holds both",
    "encoder": "{where} is of a text encoder, {name}; give the transformer's config.json, or the "
    "folder that holds both",
    "field": "{where}: field {field} is not one of {name}; remove it, or correct its name: nearest "
    "are {near}",
    "only": "{where}: field {field} is {value}; counts are known for {known}",
    "value": "{where}: field {field} is {value}; expected a value such as {example}",
    "rule": "{where}: {sentence}",
    "no_value": "{where}: its fields make no {name} ({expression} has no value); correct them",
    "part": "{where}: its fields make no {name} ({place} comes out as {value}); correct them",
    "parts": "{where}: its fields make no {name} ({place}: {sentence}); correct them",
    "no_transformer": "{where}: {name} is no transformer; give a transformer's config.json",
    "uncounted": "{where}: {name} is not counted: {reason}",
    "other_denoiser": "{where}: its denoiser is in {folder}/ and is {what}; no configuration of "
    "that kind is read: choose a model of data/models, such as sd1.5",
    "experts": "{where}: its {field} is not that of transformer/; two transformers that take turns "
    "are counted where they are of one size",
}
STRICT = {  # why a page takes no text that its browser would take as JSON
    "bytes": "it has more than {bytes} bytes",
    "depth": "it is nested deeper than {depth} levels; make it flatter",
    "twice": "the key '{key}' stands twice in one object; keep one",
    "number": "{number} is too large or too long for a number",
}
ASSUMED = {
    "original": "{name} of its makers' code, read as {kind}",
    "quantized": "{field}: weights are held in another format, which no count depends on",
    "fields": "fields not in the file, as the class has them: {fields}",
    "autoencoder": "autoencoder {autoencoder} (stride {frames_stride} in time, {side_stride} in "
    "space), which {pipeline} has",
    "text": "text of {tokens} tokens, as {pipeline}",
    "clip": "steps {steps}, passes a step {passes}, clip {frames} x {height} x {width} "
    "(frames x height x width), as {pipeline}",
    "option": "{option} {value}, as {pipeline}",
    "own_geometry": "{name} with numbers of its own: its strides are {frames_stride} in time and "
    "{side_stride} in space, its decoder is not modelled",
    "encoder": "{component}: model_type {kind} is not modelled, so it counts as nothing; nearest "
    "names: {near}",
    "image": "{component}: taken as {id}, which {pipeline} has",
    "part": "{component}: not modelled, so it counts as nothing",
    "scheduler": "{name} runs the network {made} times in {steps} steps",
}
