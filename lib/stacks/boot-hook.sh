#!/bin/bash
# A job's instance, as root at every boot and before the ECS agent takes jobs.

agent_config=/etc/ecs/ecs.config
metadata=169.254.169.254

agent_setting() {
  grep --quiet --line-regexp --fixed-strings "$1" "$agent_config" || echo "$1" >> "$agent_config"
}

# Jobs run in the instance's own network, where a hop limit stops nobody: only root may ask for the instance's role. A
# job's own role is at 169.254.170.2.
close_metadata() {
  local rule=(OUTPUT --destination "$metadata" --match owner ! --uid-owner 0 --jump REJECT)
  iptables --wait --check "${rule[@]}" || iptables --wait --insert "${rule[@]}"
}

mkdir --parents "$(dirname "$agent_config")"
touch "$agent_config"
# A checkpoint needs longer than the agent's 30 s; a Spot instance has two minutes.
agent_setting ECS_CONTAINER_STOP_TIMEOUT=100s
agent_setting ECS_ENABLE_SPOT_INSTANCE_DRAINING=true

# An instance that can't be closed takes no jobs.
close_metadata || systemctl mask --runtime ecs.service
