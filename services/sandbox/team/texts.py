"""What customers of the invented company write about, and how they find it."""

from dataclasses import dataclass

from services.sandbox.team.people import FINANCE, FRONT
from services.sandbox.team.rng import WeightedChoice


@dataclass(frozen=True)
class Topic:
    reason: str
    team_id: int  # who takes care of it
    lines: tuple[str, ...]  # opening messages
    category: str  # of the system


def _topic(reason: str, team_id: int, category: str, *lines: str) -> Topic:
    return Topic(reason, team_id, lines, category)


TOPICS: WeightedChoice[Topic] = WeightedChoice(
    [
        (_topic("Acesso > Senha e login", FRONT, "Portal", "Não consigo entrar no portal",
                "Minha senha expirou e o e-mail de troca não chega"), 14),
        (_topic("Pagamentos > Segunda via de boleto", FINANCE, "Cobrança",
                "Bom dia, o boleto deste mês não chegou", "Preciso da segunda via do boleto"), 13),
        (_topic("Dúvida > Como fazer", FRONT, "Portal", "Como exporto a lista de clientes?",
                "Onde mudo o fuso dos relatórios?", "Tem como agendar um envio?"), 11),
        (_topic("Integração > Erro na importação", FRONT, "Integração",
                "A importação parou na linha 214", "Planilha importada, mas faltam registros"), 9),
        (_topic("Cadastro > Alteração cadastral", FRONT, "Cadastros",
                "Quero trocar o responsável da conta", "Mudamos de endereço"), 8),
        (_topic("Fiscal > Nota fiscal rejeitada", FRONT, "Fiscal",
                "Nota rejeitada com o código 539", "A nota saiu com o imposto errado"), 7),
        (_topic("Relatórios > Relatório não abre", FRONT, "Relatórios",
                "O relatório de vendas fica carregando", "Erro ao abrir o relatório mensal"), 6),
        (_topic("Aplicativo > Erro inesperado", FRONT, "Aplicativo",
                "O aplicativo fecha sozinho", "Aparece «erro inesperado» ao salvar"), 6),
        (_topic("Acesso > Novo usuário", FRONT, "Cadastros",
                "Liberar acesso para uma colega nova", "Como crio mais um usuário?"), 5),
        (_topic("Pagamentos > Cobrança indevida", FINANCE, "Cobrança",
                "Fui cobrado duas vezes", "Este valor não é o do contrato"), 5),
        (_topic("Relatórios > Dado divergente", FRONT, "Relatórios",
                "O total do relatório não bate com o painel"), 4),
        (_topic("Aplicativo > Lentidão", FRONT, "Aplicativo", "O sistema está lento hoje"), 3.5),
        (_topic("Pagamentos > Estorno", FINANCE, "Cobrança", "Quando sai o meu estorno?"), 3),
        (_topic("Contrato > Cancelamento", FINANCE, "Contrato", "Quero cancelar o plano",
                "Como encerro o contrato?"), 2.5),
        (_topic("Contrato > Troca de plano", FINANCE, "Contrato", "Quero mudar de plano"), 2),
        (_topic("Treinamento > Agendamento", FRONT, "Portal",
                "Podemos marcar um treinamento para a equipe?"), 1.5),
        (_topic("Contrato > Reajuste", FINANCE, "Contrato", "Por que a mensalidade subiu?"), 1),
        (_topic("Parcerias > Indicação", FINANCE, "Contrato", "Quero indicar um cliente"), 0.5),
        (_topic("Outros > Engano", FRONT, "Portal", "Desculpe, número errado"), 0.5),
    ]
)  # fmt: skip

# What somebody may write some day; no screen, sheet or message may stumble over it.
HOSTILE = (
    "<script>alert('vigia')</script>",
    "=cmd|' /C calc'!A0",
    '<img src=x onerror="alert(1)">',
    "مرحبا، لا أستطيع الدخول إلى حسابي",
    "🎉🎉 não entra 👩‍👩‍👧‍👦 🇧🇷",
    "*urgente* <!channel> <https://example.com|clique aqui>",
    "Socorro " * 400,
)
FOLLOW_UPS = (
    "Ainda não funcionou.",
    "Sim, já tentei isso.",
    "Segue o que aparece na tela.",
    "Pode verificar, por favor?",
    "Obrigada!",
)
ANSWERS = (
    "Olá! Já estou verificando para você.",
    "Pode me enviar o CNPJ da conta, por favor?",
    "Acabei de ajustar por aqui, pode testar de novo?",
    "Encaminhei para a equipe responsável e volto com a resposta.",
)
PRAISE = (
    "Atendimento rápido e gentil",
    "Resolveu na hora, obrigada!",
    "Muito atenciosa",
    "Ótimo como sempre",
)
MEH = ("Resolveu, mas demorou", "Poderia ser mais rápido", "Tive que explicar duas vezes")
COMPLAINTS = (
    "Não resolveram o meu problema",
    "Esperei mais de uma hora",
    "Fecharam a conversa sem responder",
    "Terceira vez que falo do mesmo assunto",
    "=HYPERLINK(\"http://example.com\";\"veja\")",
)  # fmt: skip
KINDS = WeightedChoice([("Dúvida", 5), ("Problema", 4), ("Solicitação", 3), ("Reclamação", 1)])
STATUSES = WeightedChoice(
    [("Resolvido", 8), ("Aguardando cliente", 1), ("Encaminhado", 1), ("Sem retorno do cliente", 1)]
)
EXPANSIONS = WeightedChoice([("Sim", 1), ("Não", 5), ("Em análise", 1)])
REGISTRATIONS = WeightedChoice([("Cliente", 5), ("Fornecedor", 2), ("Produto", 3), ("Usuário", 2)])
AREAS = WeightedChoice([("Suporte", 6), ("Financeiro", 3), ("Fiscal", 1), ("Produto", 1)])
CHANNELS = WeightedChoice(
    [("conversation", 50), ("whatsapp", 29), ("email", 16), ("instagram", 3), ("facebook", 1)]
)
AI_SOURCES = ("Boas-vindas", "Fora do horário", "Segunda via")
AI_CONTENTS = (
    "Como emitir a segunda via do boleto",
    "Recuperar a senha de acesso",
    "Cadastrar um novo usuário",
    "Nota fiscal não chegou",
    "Prazos de atendimento",
    "Conciliação bancária passo a passo",
)
TAGS = ("vip", "urgente", "bug", "retorno", "churn")
