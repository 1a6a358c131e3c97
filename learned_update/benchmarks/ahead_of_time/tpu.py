"""Compiles an outer step with the TPU's own compiler, which needs no TPU."""

import importlib.util
import re
import time

import jax
import numpy as np
from jax.experimental import topologies
from jax.sharding import NamedSharding, PartitionSpec

from learned_update.benchmarks.engines.jax_flops import product_flops
from learned_update.errors import invalid

GIB = 2**30  # in which the memory of chips is told
_ON_HOST = re.compile(
    r"\b(infeed|outfeed|[a-z_]*callback[a-z_]*|is_host_transfer=true|S\(5\))"
)


def compile_for(topology, trainer, examples):
    """Compiles the outer step of a trainer of one group; tasks are shared out.

    Args:
        topology: such as `"v5e:2x2"`.
        trainer: `MeasuredTrainer`.
        examples: that lie on every chip.

    Returns:
        A dict: `memory_gib` per chip and what it is made of, `flops` of the matrix
        products of an outer step, `on_host`, names of what the compiled program does
        on the host, and sizes.

    Raises:
        ValueError: the compiler is not installed, does not know the topology, or the
            tasks cannot be shared out evenly.
    """
    devices = _devices(topology)
    group = trainer.groups[0]
    _check_shares(group.slots, len(devices))
    arguments = _shapes(trainer, examples, devices)
    begun = time.perf_counter()
    step = jax.jit(trainer.whole_step(0), donate_argnums=(0, 1))
    compiled = step.lower(*arguments).compile()
    compile_s = time.perf_counter() - begun
    chips = len({tuple(device.coords) for device in devices})
    return {
        "topology": topology,
        "chips": chips,
        "device": devices[0].device_kind,
        "tasks": group.slots,
        "units": list(group.base.units),
        "batch_size": group.batch_size,
        "inputs": group.tasks.input_dim,
        "truncation_length": max(trainer.schedule.truncation_lengths),
        "compile_s": compile_s,
        **memory(compiled.memory_analysis(), len(devices) / chips),
        "flops": product_flops(
            trainer.whole_step(0),
            arguments,
            loop_steps=max(trainer.schedule.truncation_lengths),
        ),
        "on_host": on_host(compiled.as_text()),
    }


def memory(analysis, devices_per_chip):
    """GiB per chip: arguments, results that take no argument's place, and the rest."""
    parts = {
        "arguments_gib": analysis.argument_size_in_bytes,
        "results_gib": analysis.output_size_in_bytes - analysis.alias_size_in_bytes,
        "temporaries_gib": analysis.temp_size_in_bytes,
        "code_gib": analysis.generated_code_size_in_bytes,
    }
    parts = {name: devices_per_chip * size / GIB for name, size in parts.items()}
    return {"memory_gib": sum(parts.values()), **parts}


def on_host(program):
    """Names of what a compiled program does on the host, sorted.

    Args:
        program: text of the compiler.
    """
    return sorted(set(_ON_HOST.findall(program)))


def _devices(topology):
    if importlib.util.find_spec("libtpu") is None:
        raise invalid(
            "The compiler for TPUs is not installed.",
            expected="libtpu",
            received="an installation without it",
            remedy='Install it with `pip install "learned-update[tpu]"`; no TPU is '
            "needed.",
        )
    try:
        found = topologies.get_topology_desc(platform="tpu", topology_name=topology)
    except jax.errors.JaxRuntimeError as error:
        raise invalid(
            "The compiler knows no TPUs of this name.",
            expected="a generation and a shape, such as v5e:2x2, v6e:2x2 or v4:2x2x1",
            received=f"{topology!r}: {error}",
            remedy="Correct the name.",
        ) from error
    return found.devices


def _check_shares(tasks, devices):
    if tasks % devices:
        raise invalid(
            "The tasks cannot be shared out evenly.",
            expected=f"a multiple of {devices} devices",
            received=f"{tasks} tasks",
            remedy=f"Bind, for example, sampled_groups.slots = {devices}.",
        )


def _shapes(trainer, examples, devices):
    """Arguments of `whole_step`: shapes, and the devices that hold their parts."""
    mesh = jax.sharding.Mesh(np.asarray(devices), ("tasks",))

    def placed(*axes):
        sharding = NamedSharding(mesh, PartitionSpec(*axes))
        return lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=sharding)

    everywhere, shared = placed(), placed("tasks")
    state = trainer.initial_state()
    _, phi, resident, spare, drawn = trainer.truncation_arguments(
        state, trainer.draw(state), 0
    )
    pixels = resident.pixels
    resident = jax.tree.map(everywhere, resident)._replace(
        pixels=everywhere(np.broadcast_to(pixels[:1], (examples, *pixels.shape[1:])))
    )
    drawn = drawn._replace(
        batch=jax.tree.map(placed(None, "tasks"), drawn.batch),
        steps=everywhere(drawn.steps),
        input_map=jax.tree.map(shared, drawn.input_map),
        begins=shared(drawn.begins),
        fresh=jax.tree.map(shared, drawn.fresh),
    )
    variables = [*trainer.rule.trainable_variables, *trainer.optimizer.variables]
    values = [everywhere(variable.value) for variable in variables]
    return (
        values,
        jax.tree.map(shared, phi),
        resident,
        jax.tree.map(everywhere, spare),
        drawn,
        everywhere(state.counts),
    )
